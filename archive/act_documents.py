"""Acts as rows of the ledger: a kind, and a JSON document read back strictly."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    Erased,
    ErasureAsked,
    ErasureCalledOff,
    Frozen,
    Given,
    Joined,
    Left,
    LeftToDelegate,
    Notice,
    PassedOn,
    Restored,
    TurnedAway,
    Uncapped,
    Withdrawn,
)
from consent.caps import Cap, CapReason
from consent.delegation import Attestor, Event, Power
from consent.levels import Level
from consent.reading import from_document, passage_from_document
from consent.terms import Terms
from consent.timeline import Span
from consent.writing import name_of, passage_to_document, to_document

Document = dict[str, object]
_MOST = 1000
"""Acts remembered by their text: the kiosk's few questions make most of them alike."""


class BadActError(ValueError):
    """A row of the ledger is not an act that this archive knows."""


def written(act: Act) -> tuple[str, str]:
    """Return an act's kind and its canonical JSON document."""
    document = _document(act)
    if told := getattr(act, "narrator_id", ""):
        document["narrator"] = told
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return KINDS[type(act)], text


@lru_cache(maxsize=_MOST)
def read(kind: str, text: str) -> Act:
    """Return the act that `written` wrote; raise `BadActError` for anything else."""
    try:
        return _READ[kind](json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadActError(kind) from error


KINDS: dict[type[Act], str] = {
    Given: "given",
    Joined: "joined",
    Changed: "changed",
    ApprovedTranscript: "approved_transcript",
    Asked: "asked",
    Answered: "answered",
    LeftToDelegate: "left_to_delegate",
    PassedOn: "passed_on",
    TurnedAway: "turned_away",
    Capped: "capped",
    Uncapped: "uncapped",
    Delegated: "delegated",
    Attested: "attested",
    Disputed: "disputed",
    Withdrawn: "withdrawn",
    Restored: "restored",
    Frozen: "frozen",
    ErasureAsked: "erasure_asked",
    ErasureCalledOff: "erasure_called_off",
    Left: "left",
    Erased: "erased",
}
"""What each act is called in the ledger."""


def _document(act: Act) -> Document:  # noqa: C901, PLR0912 - a line for each act
    match act:
        case Given():
            return {**_terms(act.terms, act.settles), "notice": _notice(act.notice)}
        case Joined():
            return {"notice": _notice(act.notice)}
        case Changed():
            return _terms(act.terms, act.settles)
        case ApprovedTranscript():
            return {"revision": act.revision}
        case Asked():
            told = {"request": act.request_id, "person": act.person_id}
            return {**told, **_spans(act.spans)}
        case Answered():
            return _answer(act)
        case LeftToDelegate() | PassedOn() | TurnedAway():
            return {"request": act.request_id}
        case Capped():
            return _cap(act.cap)
        case Uncapped():
            return {"cap": act.cap_id}
        case Delegated():
            powers = sorted(power.value for power in act.powers)
            return {"holder": act.holder, "powers": powers}
        case Attested():
            told = {"event": act.event.value, "attestor": act.attestor.value}
            return {**told, "on": act.on.isoformat()}
        case Disputed():
            return {"event": act.event.value}
        case Restored():
            return {"settles": _written_day(act.settles)}
        case Frozen():
            return {"on": act.on.isoformat(), "until": act.until.isoformat()}
        case ErasureAsked():
            return {"until": act.until.isoformat()}
        case Withdrawn() | ErasureCalledOff() | Left() | Erased():
            return {}


def _answer(act: Answered) -> Document:
    told: Document = {
        "request": act.request_id,
        "person": act.person_id,
        "level": name_of(act.level),
        "until": act.until.isoformat(),
        **_spans(act.spans),
    }
    if act.not_now:
        told["not_now"] = True
    if act.by_delegate:
        told["by_delegate"] = True
    return told


def _cap(cap: Cap) -> Document:
    until = None if cap.until is None else cap.until.isoformat()
    return {
        "cap": cap.cap_id,
        "passage": passage_to_document(cap.passage),
        "reason": cap.reason.value,
        "until": until,
    }


def _terms(terms: Terms, settles: date | None) -> Document:
    return {"terms": to_document(terms), "settles": _written_day(settles)}


def _notice(notice: Notice) -> Document:
    return {"version": notice.version, "language": notice.language}


def _spans(spans: tuple[Span, ...]) -> Document:
    return {"spans": [[each.start, each.end] for each in spans]} if spans else {}


def _written_day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _by(found: Mapping[str, Any]) -> str:
    narrator = found.get("narrator", "")
    if not isinstance(narrator, str):
        raise BadActError("narrator")
    return narrator


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _read_notice(found: Mapping[str, Any]) -> Notice:
    return Notice(found["version"], found["language"])


def _read_spans(found: Mapping[str, Any]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in found.get("spans", ()))


def _read_given(found: Mapping[str, Any]) -> Act:
    terms, settles = from_document(found["terms"]), _day(found["settles"])
    return Given(terms, _read_notice(found["notice"]), settles)


def _read_answer(found: Mapping[str, Any]) -> Act:
    return Answered(
        found["request"],
        found["person"],
        Level[found["level"].upper()],
        date.fromisoformat(found["until"]),
        _read_spans(found),
        found.get("not_now", False) is True,
        _by(found),
        found.get("by_delegate", False) is True,
    )


def _read_cap(found: Mapping[str, Any]) -> Act:
    until = found["until"]
    return Capped(
        Cap(
            found["cap"],
            passage_from_document(found["passage"], "passage"),
            CapReason(found["reason"]),
            None if until is None else datetime.fromisoformat(until),
        )
    )


def _read_powers(found: Mapping[str, Any]) -> Act:
    powers = frozenset(Power(value) for value in found["powers"])
    return Delegated(found["holder"], powers, _by(found))


def _read_attested(found: Mapping[str, Any]) -> Act:
    event, attestor = Event(found["event"]), Attestor(found["attestor"])
    return Attested(event, attestor, date.fromisoformat(found["on"]), _by(found))


_READ: dict[str, Callable[[Mapping[str, Any]], Act]] = {
    "given": _read_given,
    "joined": lambda f: Joined(f["narrator"], _read_notice(f["notice"])),
    "changed": lambda f: Changed(from_document(f["terms"]), _day(f["settles"]), _by(f)),
    "approved_transcript": lambda f: ApprovedTranscript(f["revision"], _by(f)),
    "asked": lambda f: Asked(f["request"], f["person"], _read_spans(f)),
    "answered": _read_answer,
    "left_to_delegate": lambda f: LeftToDelegate(f["request"], _by(f)),
    "passed_on": lambda f: PassedOn(f["request"]),
    "turned_away": lambda f: TurnedAway(f["request"]),
    "capped": _read_cap,
    "uncapped": lambda f: Uncapped(f["cap"]),
    "delegated": _read_powers,
    "attested": _read_attested,
    "disputed": lambda f: Disputed(Event(f["event"]), _by(f)),
    "withdrawn": lambda f: Withdrawn(_by(f)),
    "frozen": lambda f: Frozen(
        date.fromisoformat(f["on"]), date.fromisoformat(f["until"]), _by(f)
    ),
    "restored": lambda f: Restored(_day(f["settles"]), _by(f)),
    "erasure_asked": lambda f: ErasureAsked(date.fromisoformat(f["until"]), _by(f)),
    "erasure_called_off": lambda f: ErasureCalledOff(_by(f)),
    "left": lambda f: Left(f["narrator"]),
    "erased": lambda _: Erased(),
}
