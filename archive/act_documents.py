"""Acts as rows of the ledger: a kind, and a JSON document read back strictly."""

import json
from datetime import date
from typing import Any

from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Asked,
    Changed,
    Erased,
    Given,
    Notice,
    Restored,
    Withdrawn,
)
from consent.levels import Level
from consent.reading import from_document, to_document
from consent.terms import Terms


class BadActError(ValueError):
    """A row of the ledger is not an act that this archive knows."""


def written(act: Act) -> tuple[str, str]:
    """Return an act's kind and its canonical JSON document."""
    kind, document = _document(act)
    return kind, json.dumps(document, sort_keys=True, separators=(",", ":"))


def read(kind: str, text: str) -> Act:
    """Return the act that `written` wrote; raise `BadActError` for anything else."""
    try:
        found = json.loads(text)
        return _act(kind, found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadActError(kind) from error


def _document(act: Act) -> tuple[str, dict[str, object]]:
    match act:
        case Given():
            notice = {"version": act.notice.version, "language": act.notice.language}
            return "given", {**_terms(act.terms, act.settles), "notice": notice}
        case Changed():
            return "changed", _terms(act.terms, act.settles)
        case ApprovedTranscript():
            return "approved_transcript", {"revision": act.revision}
        case Asked():
            return "asked", {"request": act.request_id, "person": act.person_id}
        case Answered():
            return "answered", {
                "request": act.request_id,
                "person": act.person_id,
                "level": act.level.name.lower(),
                "until": act.until.isoformat(),
            }
        case Withdrawn():
            return "withdrawn", {}
        case Restored():
            return "restored", {"settles": _written_day(act.settles)}
        case Erased():
            return "erased", {}


def _act(kind: str, found: dict[str, Any]) -> Act:
    match kind:
        case "given":
            notice = found["notice"]
            return Given(
                from_document(found["terms"]),
                Notice(notice["version"], notice["language"]),
                _day(found["settles"]),
            )
        case "changed":
            return Changed(from_document(found["terms"]), _day(found["settles"]))
        case "withdrawn":
            return Withdrawn()
        case "restored":
            return Restored(_day(found["settles"]))
        case "erased":
            return Erased()
        case "approved_transcript":
            return ApprovedTranscript(int(found["revision"]))
        case "asked":
            return Asked(found["request"], found["person"])
        case "answered":
            return Answered(
                found["request"],
                found["person"],
                Level[found["level"].upper()],
                date.fromisoformat(found["until"]),
            )
        case _:
            raise BadActError(kind)


def _terms(terms: Terms, settles: date | None) -> dict[str, object]:
    return {
        "terms": to_document(terms),
        "settles": _written_day(settles),
    }


def _written_day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None
