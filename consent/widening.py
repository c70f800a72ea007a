"""Close now, open slowly: what holds while a wider change cools off."""

from dataclasses import replace
from datetime import datetime

from consent.audiences import SLOW, TRANSCRIBER, Audience
from consent.levels import Level
from consent.terms import Passage, Permission, Terms, earliest


def widens_slowly(before: Terms, after: Terms) -> bool:
    """Say whether `after` gives the community or the public more than `before`."""
    return while_cooling(before, after) != after


def while_cooling(before: Terms, after: Terms) -> Terms:
    """Return the terms that hold until a change from `before` to `after` settles.

    What narrows holds at once, for everyone. What widens for an audience in `SLOW`
    waits, in life and after death; for the others it holds at once.
    """
    permissions = _permissions(before, after)
    if before.after_death is None and after.after_death is None:
        return _cooled(before, after, permissions, SLOW & permissions.keys())
    old, new = said_for_then(before), said_for_then(after)
    then = _permissions(old, new)
    slow = SLOW & (permissions.keys() | then.keys())
    living, dead = (
        _cooled(before, after, permissions, slow),
        _cooled(old, new, then, slow),
    )
    if after.after_death is None and dead == said_for_then(living):
        return living
    return replace(living, after_death=dead)


def least(one: Terms, other: Terms) -> Terms:
    """Return terms that give nobody more than either, as neither speaks of death."""
    both = one.permissions.keys() & other.permissions.keys()
    return Terms(
        permissions={a: _meet(one.permissions[a], other.permissions[a]) for a in both},
        never=one.never | other.never,
        naming=min(one.naming, other.naming),
        passages=tuple(dict.fromkeys((*one.passages, *other.passages))),
    )


def said_for_then(terms: Terms) -> Terms:
    """Return what is given after death, but for the walls and passages of life.

    Nothing said leaves it as it is in life; to the machine nothing is said for then.
    """
    if terms.after_death is not None:
        return terms.after_death
    said = {a: p for a, p in terms.permissions.items() if a != TRANSCRIBER}
    return Terms(permissions=said, naming=terms.naming)


def _permissions(before: Terms, after: Terms) -> dict[Audience, Permission]:
    permissions: dict[Audience, Permission] = {}
    for audience, permission in after.permissions.items():
        if audience not in SLOW:
            permissions[audience] = permission
        elif audience in before.permissions:
            permissions[audience] = _meet(before.permissions[audience], permission)
    return permissions


def _cooled(
    before: Terms,
    after: Terms,
    permissions: dict[Audience, Permission],
    slow: frozenset[Audience],
) -> Terms:
    speaks_to_slow = not SLOW.isdisjoint(after.permissions)
    return Terms(
        permissions=permissions,
        never=after.never | (before.never & SLOW),
        naming=min(before.naming, after.naming) if speaks_to_slow else after.naming,
        passages=(*after.passages, *_held(before, after, slow)),
    )


def _held(
    before: Terms, after: Terms, slow: frozenset[Audience]
) -> tuple[Passage, ...]:
    """Return the passages of before that go on lowering the slow audiences."""
    held = []
    for passage in before.passages:
        if passage in after.passages:
            continue
        left = {audience: passage.limit_for(audience) for audience in slow}
        levels = {a: level for a, level in left.items() if level < Level.IMAGE}
        never = passage.never & SLOW
        if levels or never:
            held.append(
                replace(passage, level=Level.IMAGE, audiences=levels, never=never)
            )
    return tuple(held)


def _meet(one: Permission, other: Permission) -> Permission:
    return Permission(
        level=min(one.level, other.level),
        uses=one.uses & other.uses,
        ask_me=one.ask_me or other.ask_me,
        not_before=_latest(one.not_before, other.not_before),
        # A permission without a date waits for no leave; it must not lend it either.
        open_without_asking=all(
            each.open_without_asking for each in (one, other) if each.not_before
        ),
        until=earliest(one.until, other.until),
    )


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((t for t in (one, other) if t is not None), default=None)
