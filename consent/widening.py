"""Close now, open slowly: what holds while a wider change cools off."""

from dataclasses import replace
from datetime import datetime

from consent.audiences import SLOW, Audience
from consent.levels import Level
from consent.terms import Passage, Permission, Terms


def widens_slowly(before: Terms, after: Terms) -> bool:
    """Say whether `after` gives the community or the public more than `before`."""
    return while_cooling(before, after) != after


def while_cooling(before: Terms, after: Terms) -> Terms:
    """Return the terms that hold until a change from `before` to `after` settles.

    What narrows holds at once, for everyone. What widens for an audience in `SLOW`
    waits; for the others it holds at once.
    """
    permissions: dict[Audience, Permission] = {}
    for audience, permission in after.permissions.items():
        if audience not in SLOW:
            permissions[audience] = permission
        elif audience in before.permissions:
            permissions[audience] = _meet(before.permissions[audience], permission)
    slow = SLOW & permissions.keys()
    return Terms(
        permissions=permissions,
        never=after.never | (before.never & SLOW),
        naming=(
            min(before.naming, after.naming)
            if SLOW & after.permissions.keys()
            else after.naming
        ),
        passages=(*after.passages, *_held(before, after, frozenset(slow))),
        after_death=after.after_death,
    )


def _held(
    before: Terms, after: Terms, slow: frozenset[Audience]
) -> tuple[Passage, ...]:
    """Return the passages of before that go on lowering the slow audiences."""
    held = []
    for passage in before.passages:
        if passage in after.passages:
            continue
        levels = {
            audience: passage.limit_for(audience)
            for audience in slow
            if passage.limit_for(audience) < Level.IMAGE
        }
        if levels:
            never = passage.never & SLOW
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
        open_without_asking=_opens(one, other),
        until=_earliest(one.until, other.until),
    )


def _opens(one: Permission, other: Permission) -> bool:
    # A permission without a date needs no leave to open; it must not lend it either.
    return all(
        p.open_without_asking for p in (one, other) if p.not_before is not None
    ) and (one.open_without_asking or other.open_without_asking)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((t for t in (one, other) if t is not None), default=None)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((t for t in (one, other) if t is not None), default=None)
