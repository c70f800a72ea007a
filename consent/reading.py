"""Terms as JSON (`docs/terms.md`), read strictly: what is not understood is refused."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from consent.audiences import TRANSCRIBER, Audience
from consent.levels import Level, Naming, Use
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from consent.writing import NEVER, REMOVED, SILENCE, VERSION, name_of

E = TypeVar("E", bound=Enum)

_SAID = frozenset({"audiences", "naming", "passages"})
_TERMS = _SAID | {"version", "transcription", "after_death"}
_PERMISSION = frozenset(
    {"level", "uses", "ask_me", "not_before", "open_without_asking", "until"}
)
_PASSAGE = frozenset(
    {"from", "to", "level", "audiences", "until", "open_without_asking", "sound"}
)
# One way to write a time (RFC 3339), however many the standard library reads.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_MOST = 1000
_LONGEST = 1 << 40


class BadTermsError(ValueError):
    """The terms say something that this archive does not understand.

    `field` names the place, never the value, so that it can be shown and logged.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def from_json(text: str | bytes) -> Terms:
    """Read terms; raise `BadTermsError` for anything unknown, missing or doubled."""
    try:
        found = json.loads(text, object_pairs_hook=_no_doubles)
    except BadTermsError:
        raise
    except (ValueError, RecursionError) as error:
        raise BadTermsError("json") from error
    return from_document(found)


def from_document(found: object) -> Terms:
    """Read terms from a parsed JSON document."""
    document = _object(found, _TERMS, "terms")
    if type(document.get("version")) is not int or document["version"] != VERSION:
        raise BadTermsError("version")
    permissions, never = _audiences(document, "")
    if "transcription" in document:
        if TRANSCRIBER in never or TRANSCRIBER in permissions:
            raise BadTermsError("transcription")
        if not _flag(document, "transcription", "transcription", default=True):
            never |= {TRANSCRIBER}
    then = document.get("after_death")
    return Terms(
        permissions=permissions,
        never=never,
        naming=_chosen(Naming, document.get("naming", "unnamed"), "naming"),
        passages=_passages(document, ""),
        after_death=None if then is None else _after_death(then),
    )


def passage_from_document(value: object, field: str) -> Passage:
    """Read one passage; `field` is its place, for errors."""
    found = _object(value, _PASSAGE, field)
    start, end = found.get("from"), found.get("to")
    if type(start) is not int or not 0 <= start <= _LONGEST:
        raise BadTermsError(f"{field}.from")
    if end is not None and (type(end) is not int or not start < end <= _LONGEST):
        raise BadTermsError(f"{field}.to")
    levels: dict[Audience, Level] = {}
    never: set[Audience] = set()
    for audience, level in _named(found, f"{field}.audiences").items():
        if level == NEVER:
            never.add(audience)
        else:
            levels[audience] = _chosen(Level, level, f"{field}.audiences.{audience}")
    if "level" not in found and not levels and not never:
        raise BadTermsError(f"{field}.level")
    return Passage(
        span=Span(start, end),
        level=_chosen(Level, found.get("level", "image"), f"{field}.level"),
        audiences=levels,
        never=frozenset(never),
        until=_time(found.get("until"), f"{field}.until"),
        open_without_asking=_flag(found, "open_without_asking", field, default=False),
        removed=_removed(found.get("sound", SILENCE), f"{field}.sound"),
    )


def _removed(value: object, field: str) -> bool:
    if value not in (SILENCE, REMOVED):
        raise BadTermsError(field)
    return value == REMOVED


def _after_death(found: object) -> Terms:
    document = _object(found, _SAID, "after_death")
    permissions, never = _audiences(document, "after_death.")
    if TRANSCRIBER in never or TRANSCRIBER in permissions:
        raise BadTermsError("after_death.audiences.transcriber")
    naming = document.get("naming", "unnamed")
    return Terms(
        permissions=permissions,
        never=never,
        naming=_chosen(Naming, naming, "after_death.naming"),
        passages=_passages(document, "after_death."),
    )


def _audiences(
    document: Mapping[str, object], place: str
) -> tuple[dict[Audience, Permission], frozenset[Audience]]:
    permissions: dict[Audience, Permission] = {}
    never: set[Audience] = set()
    field = f"{place}audiences"
    for audience, value in _named(document, field, machine=True).items():
        if value == {"level": NEVER}:
            never.add(audience)
            continue
        said = _permission(value, f"{field}.{audience}")
        if audience == TRANSCRIBER and (said.uses or said.ask_me):
            raise BadTermsError(f"{field}.{audience}")
        permissions[audience] = said
    return permissions, frozenset(never)


def _named(
    document: Mapping[str, object], field: str, *, machine: bool = False
) -> dict[Audience, object]:
    found = _object(document.get("audiences", {}), None, field)
    if len(found) > _MOST:
        raise BadTermsError(field)
    try:
        named = {Audience.parse(name): value for name, value in found.items()}
    except ValueError as error:
        raise BadTermsError(field) from error
    if TRANSCRIBER in named and not machine:
        raise BadTermsError(f"{field}.transcriber")
    return named


def _passages(document: Mapping[str, object], place: str) -> tuple[Passage, ...]:
    field = f"{place}passages"
    found = document.get("passages", [])
    if not isinstance(found, list) or len(found) > _MOST:
        raise BadTermsError(field)
    return tuple(
        passage_from_document(value, f"{field}.{number}")
        for number, value in enumerate(found)
    )


def _permission(value: object, field: str) -> Permission:
    found = _object(value, _PERMISSION, field)
    uses = found.get("uses", [])
    if not isinstance(uses, list):
        raise BadTermsError(f"{field}.uses")
    try:
        chosen = frozenset(Use(use) for use in uses)
    except (ValueError, TypeError) as error:
        raise BadTermsError(f"{field}.uses") from error
    said = Permission(
        level=_chosen(Level, found.get("level"), f"{field}.level"),
        uses=chosen,
        ask_me=_flag(found, "ask_me", field, default=False),
        not_before=_time(found.get("not_before"), f"{field}.not_before"),
        open_without_asking=_flag(found, "open_without_asking", field, default=False),
        until=_time(found.get("until"), f"{field}.until"),
    )
    if said.contradicts_itself:
        raise BadTermsError(f"{field}.until")
    return said


def _chosen(enum: type[E], value: object, field: str) -> E:
    for member in enum:
        if name_of(member) == value:
            return member
    raise BadTermsError(field)


def _flag(found: Mapping[str, object], name: str, field: str, *, default: bool) -> bool:
    value = found.get(name, default)
    if not isinstance(value, bool):
        raise BadTermsError(field if field == name else f"{field}.{name}")
    return value


def _time(value: object, field: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise BadTermsError(field)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadTermsError(field) from error


def _object(
    value: object, allowed: frozenset[str] | None, field: str
) -> dict[str, object]:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise BadTermsError(field)
    if allowed is not None and (unknown := value.keys() - allowed):
        # Fields have no secrets, values may: name the field so that it can be mended,
        # but write it so that it can break neither a log nor a terminal.
        raise BadTermsError(f"{field}.{ascii(min(unknown)[:40])[1:-1]}")
    return value


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadTermsError("doubled field")
    return found
