"""Terms as JSON (`docs/terms.md`), so that `consent.reading` reads them back."""

import json
from datetime import UTC, datetime
from enum import Enum

from consent.audiences import TRANSCRIBER, Audience
from consent.levels import Level
from consent.terms import Passage, Permission, Terms

VERSION = 1
NEVER = "never"
SILENCE, REMOVED = "silence", "removed"
"""What a listening copy has where a passage is withheld: its length, or nothing."""


def to_json(terms: Terms) -> str:
    """Write terms as canonical JSON: sorted keys, no spaces."""
    return json.dumps(to_document(terms), sort_keys=True, separators=(",", ":"))


def to_document(terms: Terms) -> dict[str, object]:
    """Write terms as a JSON document that `from_document` reads back unchanged."""
    document = _said(terms)
    document["version"] = VERSION
    if TRANSCRIBER not in terms.permissions:
        document["transcription"] = TRANSCRIBER not in terms.never
    if terms.after_death is not None:
        document["after_death"] = _said(terms.after_death)
    return document


def passage_to_document(passage: Passage) -> dict[str, object]:
    """Write one passage."""
    document: dict[str, object] = {
        "from": passage.span.start,
        "to": passage.span.end,
        "audiences": _levels(passage),
    }
    if passage.level is not Level.IMAGE or not document["audiences"]:
        document["level"] = name_of(passage.level)
    if passage.until is not None:
        document["until"] = _time(passage.until)
        document["open_without_asking"] = passage.open_without_asking
    if passage.removed:
        document["sound"] = REMOVED
    return document


def name_of(member: Enum) -> str:
    """Return how a level or a naming is written."""
    return member.name.lower()


def _said(terms: Terms) -> dict[str, object]:
    audiences: dict[str, object] = {
        str(each): {"level": NEVER} for each in terms.never - {TRANSCRIBER}
    }
    for audience, permission in terms.permissions.items():
        audiences[str(audience)] = _permission(permission)
    document: dict[str, object] = {
        "audiences": dict(sorted(audiences.items())),
        "naming": name_of(terms.naming),
    }
    if terms.passages:
        document["passages"] = [passage_to_document(each) for each in terms.passages]
    return document


def _permission(permission: Permission) -> dict[str, object]:
    return {
        "level": name_of(permission.level),
        "uses": sorted(use.value for use in permission.uses),
        "ask_me": permission.ask_me,
        "not_before": _time(permission.not_before),
        "open_without_asking": permission.open_without_asking,
        "until": _time(permission.until),
    }


def _levels(passage: Passage) -> dict[str, str]:
    said: dict[Audience, str] = dict.fromkeys(passage.never, NEVER)
    said |= {audience: name_of(level) for audience, level in passage.audiences.items()}
    return {
        str(audience): level
        for audience, level in sorted(said.items(), key=lambda item: str(item[0]))
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat()
