"""Terms as JSON (`docs/terms.md`), read strictly: what is not understood is refused."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from consent.audiences import Audience
from consent.levels import Level, Naming, Use
from consent.terms import Permission, Terms

E = TypeVar("E", bound=Enum)

VERSION = 1
_NEVER = "never"
_TERMS = frozenset({"version", "audiences", "naming", "transcription"})
_PERMISSION = frozenset(
    {"level", "uses", "ask_me", "not_before", "open_without_asking", "until"}
)


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
    except (ValueError, RecursionError) as error:
        raise BadTermsError("json") from error
    return from_document(found)


def from_document(found: object) -> Terms:
    """Read terms from a parsed JSON document."""
    document = _object(found, _TERMS, "terms")
    if type(document.get("version")) is not int or document["version"] != VERSION:
        raise BadTermsError("version")
    audiences = _object(document.get("audiences", {}), None, "audiences")
    permissions: dict[Audience, Permission] = {}
    never: set[Audience] = set()
    for name, value in audiences.items():
        try:
            audience = Audience.parse(name)
        except ValueError as error:
            raise BadTermsError("audiences") from error
        if value == {"level": _NEVER}:
            never.add(audience)
        else:
            permissions[audience] = _permission(value, f"audiences.{audience}")
    return Terms(
        permissions=permissions,
        never=frozenset(never),
        naming=_chosen(Naming, document.get("naming", "unnamed"), "naming"),
        transcription=_flag(document, "transcription", "transcription", default=True),
    )


def to_document(terms: Terms) -> dict[str, object]:
    """Write terms as a JSON document that `from_document` reads back unchanged."""
    audiences: dict[str, object] = {str(a): {"level": _NEVER} for a in terms.never}
    for audience, permission in terms.permissions.items():
        audiences[str(audience)] = _written(permission)
    return {
        "version": VERSION,
        "audiences": dict(sorted(audiences.items())),
        "naming": _name(terms.naming),
        "transcription": terms.transcription,
    }


def to_json(terms: Terms) -> str:
    """Write terms as canonical JSON: sorted keys, no spaces."""
    return json.dumps(to_document(terms), sort_keys=True, separators=(",", ":"))


def _permission(value: object, field: str) -> Permission:
    found = _object(value, _PERMISSION, field)
    uses = found.get("uses", [])
    if not isinstance(uses, list):
        raise BadTermsError(f"{field}.uses")
    try:
        return Permission(
            level=_chosen(Level, found.get("level"), f"{field}.level"),
            uses=frozenset(Use(use) for use in uses),
            ask_me=_flag(found, "ask_me", field, default=False),
            not_before=_time(found.get("not_before"), f"{field}.not_before"),
            open_without_asking=_flag(
                found, "open_without_asking", field, default=False
            ),
            until=_time(found.get("until"), f"{field}.until"),
        )
    except BadTermsError:
        raise
    except (ValueError, TypeError) as error:
        raise BadTermsError(f"{field}.uses") from error


def _written(permission: Permission) -> dict[str, object]:
    return {
        "level": _name(permission.level),
        "uses": sorted(use.value for use in permission.uses),
        "ask_me": permission.ask_me,
        "not_before": _written_time(permission.not_before),
        "open_without_asking": permission.open_without_asking,
        "until": _written_time(permission.until),
    }


def _name(member: Enum) -> str:
    return member.name.lower()


def _chosen(enum: type[E], value: object, field: str) -> E:
    for member in enum:
        if _name(member) == value:
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
    try:
        time = datetime.fromisoformat(str(value)) if isinstance(value, str) else None
        if time is None or time.utcoffset() is None:
            raise BadTermsError(field)
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadTermsError(field) from error


def _written_time(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat()


def _object(
    value: object, allowed: frozenset[str] | None, field: str
) -> dict[str, object]:
    if not isinstance(value, dict):
        raise BadTermsError(field)
    if allowed is not None and (unknown := value.keys() - allowed):
        # Fields have no secrets, values may: name the field so that it can be mended.
        raise BadTermsError(f"{field}.{min(unknown)[:40]}")
    return value


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadTermsError("doubled field")
    return found
