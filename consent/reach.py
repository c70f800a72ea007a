"""By which names a testimony may ever be given to anyone: to look up, never to decide.

Wider than the law on purpose, at any time and by any clock: whoever goes by none of a
testimony's names is given nothing of it. Who goes by one of them is not yet given
anything.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from consent.actors import Anyone, Narrator, Person, audiences_of
from consent.acts import Act, Attested, Changed, Frozen, Given, Restored
from consent.audiences import PUBLIC, TRANSCRIBER
from consent.delegation import DISPUTE_DAYS
from consent.history import start_of
from consent.levels import Level
from consent.standing import Consent, Standing
from consent.terms import Permission, Terms

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
"""A moment at which nothing that waits has come."""


def reach(standing: Standing) -> frozenset[str]:
    """Name everyone who may be given anything without another act; no machines.

    `standing` is as of `BEFORE_ALL`, so that it still tells all that may come.
    """
    if standing.erased:
        return frozenset()
    owners = {_own(each.narrator_id) for each in standing.consents if not each.left}
    # It takes a yes from every narrator: whom the narrowest names, suffices.
    others = min(map(_given_by, standing.consents), key=_breadth, default=frozenset())
    return others | owners


def names_of(actor: Anyone | Narrator | Person) -> frozenset[str]:
    """Return every name that someone goes by, memberships that ended included."""
    names = frozenset(map(str, audiences_of(actor, BEFORE_ALL)))
    if isinstance(actor, Narrator):
        return names | {_own(actor.narrator_id)}
    return names


def may_be_disguised(standing: Standing) -> bool:
    """Say whether anyone may come to hear it in a disguised voice without another act.

    The law only ever takes the least of what was said: nobody is left that level where
    nobody named it.
    """
    if standing.withdrawn:
        return False
    return any(
        each.level is Level.ALTERED_VOICE
        for consent in standing.consents
        for each in consent.answers
    ) or any(
        Level.ALTERED_VOICE in set(_levels_named(terms))
        for consent in standing.consents
        for terms in (consent.terms, consent.awaited)
        if terms is not None
    )


def turns(acts: Iterable[Act]) -> tuple[datetime, ...]:
    """Return every moment at which acts can stand otherwise by themselves, in order."""
    days: set[date] = set()
    for act in acts:
        if isinstance(act, Given | Changed | Restored) and act.settles is not None:
            days.add(act.settles)
        elif isinstance(act, Attested):
            days.add(act.on + timedelta(days=DISPUTE_DAYS))
        elif isinstance(act, Frozen):
            days.add(act.until)
    return tuple(map(start_of, sorted(days)))


def _own(narrator_id: str) -> str:
    return f"narrator:{narrator_id}"


def _given_by(consent: Consent) -> frozenset[str]:
    if consent.withdrawn:
        return frozenset()
    then = consent.said.after_death
    return _opened(consent.said) | (_opened(then) if then else frozenset())


def _opened(terms: Terms) -> frozenset[str]:
    return frozenset(
        str(audience)
        for audience, permission in terms.permissions.items()
        if audience != TRANSCRIBER and _may_open(permission)
    )


def _levels_named(terms: Terms) -> Iterator[Level]:
    for permission in terms.permissions.values():
        yield permission.level
    for passage in terms.passages:
        yield passage.level
        yield from passage.audiences.values()
    if terms.after_death is not None:
        yield from _levels_named(terms.after_death)


def _may_open(permission: Permission) -> bool:
    waits = permission.not_before is not None and not permission.open_without_asking
    return permission.level > Level.NOTHING and not waits


def _breadth(names: frozenset[str]) -> tuple[bool, int]:
    return str(PUBLIC) in names, len(names)
