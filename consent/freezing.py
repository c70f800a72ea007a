"""While a narrator's word is frozen, nothing of it opens any wider; closing closes.

`consent.rules` gives no more than what was given when it was frozen, nor than what was
said since. What would open is not even recorded: it would open once the freeze ends.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Changed,
    Delegated,
    Frozen,
    Joined,
    Restored,
)
from consent.audiences import Audience
from consent.history import start_of
from consent.levels import Level
from consent.standing import Consent, Standing
from consent.terms import Passage, Permission, Terms
from consent.widening import least, said_for_then


def kept_from(standing: Standing, act: Act) -> datetime | None:
    """Return until when a freeze keeps an act from being taken; `None`: it may be."""
    if isinstance(act, Joined):
        # Whoever joins hears all of it.
        return frozen_until(standing.consents)
    consent = _whose(standing, act)
    if consent is None or consent.frozen_until is None:
        return None
    return consent.frozen_until if _opens(consent, act) else None


def frozen_until(consents: Iterable[Consent]) -> datetime | None:
    """Return until when nothing opens wider for any of several narrators."""
    ends = [each.frozen_until for each in consents if each.frozen_until]
    return max(ends, default=None)


def longer(consent: Consent, act: Frozen) -> bool:
    """Say whether a freeze goes on for longer than the one that holds, if one does."""
    ends = consent.frozen_until
    return not consent.left and (ends is None or ends < start_of(act.until))


def gives_more(before: Terms, after: Terms) -> bool:
    """Say whether `after` may give anyone more than `before`, in life or after death.

    It errs on the side of yes: two passages that were one count as more.
    """
    if _more_in_life(before, after):
        return True
    if before.after_death == after.after_death:
        return False
    return _more_in_life(said_for_then(before), said_for_then(after))


def _whose(standing: Standing, act: Act) -> Consent | None:
    narrator_id = getattr(act, "narrator_id", None)
    if narrator_id is None:
        return None
    # An act that names nobody is about whoever deposited it, the first of them.
    return standing.of(narrator_id) if narrator_id else standing.consents[0]


def _opens(consent: Consent, act: Act) -> bool:
    match act:
        case Changed(terms=terms):
            return gives_more(consent.said, terms)
        case Restored():
            return consent.withdrawn
        case ApprovedTranscript():
            return True
        case Answered(level=level):
            return level > Level.NOTHING
        case Delegated(holder=holder, powers=powers):
            had = [each.powers for each in consent.delegates if each.holder == holder]
            return not powers <= frozenset().union(*had)
        case _:
            return False


def _more_in_life(before: Terms, after: Terms) -> bool:
    kept = least(before, after)
    return (
        any(
            kept.permissions.get(audience) != permission
            for audience, permission in after.permissions.items()
            if _gives(permission)
        )
        or not before.never <= after.never
        or after.naming > before.naming
        or not all(
            any(_covers(new, old, _named(before, after)) for new in after.passages)
            for old in before.passages
        )
    )


def _gives(permission: Permission) -> bool:
    return permission.level > Level.NOTHING


def _named(*terms: Terms) -> set[Audience]:
    passages = [passage for each in terms for passage in each.passages]
    found = {audience for each in terms for audience in each.permissions}
    return found.union(*(each.audiences.keys() | each.never for each in passages))


def _covers(new: Passage, old: Passage, audiences: set[Audience]) -> bool:
    """Say whether one passage lowers all that another does, and as long."""
    wider = new.span.start <= old.span.start and (
        new.span.end is None
        or (old.span.end is not None and old.span.end <= new.span.end)
    )
    lasts = not new.open_without_asking or (
        old.open_without_asking and _ends(old) <= _ends(new)
    )
    # A silence tells how long it lasts.
    gone = old.removed <= new.removed
    lower = new.level <= old.level and all(
        new.limit_for(each) <= old.limit_for(each) for each in audiences
    )
    return wider and lasts and gone and lower and old.never <= new.never


def _ends(passage: Passage) -> datetime:
    return passage.until or datetime.max.replace(tzinfo=UTC)
