"""Terms as one word of a narrator leaves them: one audience changes, the rest stays.

What is taken from an audience in life is taken from it for after death as well; what is
given in life gives nothing then that was not said for then.
"""

from collections.abc import Mapping
from dataclasses import replace

from consent.audiences import PUBLIC, TRANSCRIBER, Audience
from consent.levels import Level
from consent.terms import SILENCE, Permission, Terms
from consent.widening import widens_slowly


def given(terms: Terms, audience: Audience, permission: Permission) -> Terms:
    """Return terms that give an audience this, from now on; its wall is gone.

    A level of nothing closes it, in life and after.
    """
    if permission.level is Level.NOTHING:
        return closed(terms, audience)
    then = terms.after_death
    earlier = terms.permissions.get(audience)
    if then is not None and earlier is not None and audience in then.permissions:
        less = _lessened(then.permissions[audience], earlier, permission)
        then = _with(then, {**then.permissions, audience: less})
    return replace(
        terms,
        permissions={**terms.permissions, audience: permission},
        never=terms.never - {audience},
        after_death=_unwalled(then, audience),
    )


def given_after(terms: Terms, audience: Audience, permission: Permission) -> Terms:
    """Return terms that give an audience this once their narrator died, and not before.

    Where nothing was said for then, the others keep then what they have now.
    """
    if permission.level is Level.NOTHING:
        return closed(terms, audience)
    shut = _without(terms, audience)
    then = terms.after_death
    if then is None:
        said = {a: p for a, p in shut.permissions.items() if a != TRANSCRIBER}
        then = Terms(permissions=said, naming=terms.naming)
    then = _with(then, {**then.permissions, audience: permission})
    return replace(
        shut,
        never=terms.never - {audience},
        after_death=_unwalled(then, audience),
    )


def closed(terms: Terms, audience: Audience) -> Terms:
    """Return terms that give an audience nothing, in life and after; no wall either."""
    then = terms.after_death
    return replace(
        _without(terms, audience),
        never=terms.never - {audience},
        after_death=_unwalled(_without(then, audience) if then else None, audience),
    )


def walled(terms: Terms, audience: Audience) -> Terms:
    """Return terms with a wall for whoever is, or was, in an audience."""
    shut = closed(terms, audience)
    return replace(shut, never=shut.never | {audience})


def only_mine(terms: Terms) -> Terms:
    """Return terms that give nobody anything; walls and passages stay."""
    machine = {a: p for a, p in terms.permissions.items() if a == TRANSCRIBER}
    then = terms.after_death
    never = terms.never | then.never if then is not None else terms.never
    passages = (*terms.passages, *then.passages) if then is not None else terms.passages
    return replace(
        terms, permissions=machine, never=never, passages=passages, after_death=None
    )


def said_for_then(terms: Terms, levels: Mapping[Audience, Level]) -> Terms:
    """Return terms that give these audiences so much once their narrator died.

    Others keep what is said for then, or else what they have now; so does each of
    these that is left the level it had, with all its conditions.
    """
    then = terms.after_death
    if then is None:
        said = {a: p for a, p in terms.permissions.items() if a != TRANSCRIBER}
        then = Terms(permissions=said, naming=terms.naming)
    permissions = dict(then.permissions)
    for audience, level in levels.items():
        before = permissions.get(audience)
        if level is Level.NOTHING:
            permissions.pop(audience, None)
        elif before is None:
            # A wall is not taken down in passing.
            if audience not in terms.never | then.never:
                permissions[audience] = Permission(level=level)
        else:
            permissions[audience] = replace(before, level=level)
    return replace(terms, after_death=_with(then, permissions))


def frozen(terms: Terms) -> Terms:
    """Return terms that say nothing for after death: all stays then as it is."""
    return replace(terms, after_death=None)


def opens_to_anyone(before: Terms, after: Terms) -> bool:
    """Say whether anyone at all may come to have more of it than before."""
    return widens_slowly(_to_anyone(before), _to_anyone(after))


def _to_anyone(terms: Terms) -> Terms:
    """Return no more than what is said to the public, in life and after."""
    then = terms.after_death
    if then is None:
        return _only_public(terms)
    return replace(_only_public(terms), after_death=_only_public(then))


def _only_public(terms: Terms) -> Terms:
    said = {a: p for a, p in terms.permissions.items() if a == PUBLIC and p.level}
    return replace(SILENCE, permissions=said)


def _lessened(then: Permission, before: Permission, now: Permission) -> Permission:
    return replace(
        then,
        level=min(then.level, now.level) if now.level < before.level else then.level,
        uses=then.uses - (before.uses - now.uses),
        ask_me=then.ask_me or (now.ask_me and not before.ask_me),
    )


def _without(terms: Terms, audience: Audience) -> Terms:
    left = {a: p for a, p in terms.permissions.items() if a != audience}
    return _with(terms, left)


def _with(terms: Terms, permissions: Mapping[Audience, Permission]) -> Terms:
    return replace(terms, permissions=permissions)


def _unwalled(then: Terms | None, audience: Audience) -> Terms | None:
    return None if then is None else replace(then, never=then.never - {audience})
