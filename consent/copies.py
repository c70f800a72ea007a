"""Which copy of a sound someone is given: the one with just the holes left to them."""

from consent.decisions import Disclosure
from consent.holes import Hole, holes_of
from consent.parts import CUT_BEFOREHAND, DISCLOSED_AT, HEARD_BY_OTHERS, Part
from consent.standing import Standing
from consent.timeline import Span


def holes_left(standing: Standing, part: Part, found: Disclosure) -> tuple[Hole, ...]:
    """Return the holes of the sound that leaves, or that the words which leave tell.

    `part` is one that `found` discloses somewhere.
    """
    heard = (part,) if part in CUT_BEFOREHAND else (*HEARD_BY_OTHERS, part)
    levels = (DISCLOSED_AT[each] for each in heard)
    needed = next(each for each in levels if found.level >= each)
    return holes_of(found.timeline.below(needed), _removed(standing))


def _removed(standing: Standing) -> list[Span]:
    """Return where anyone with a say lets the time go too."""
    of_narrators = [
        span
        for consent in standing.consents
        for each in (consent, *consent.held)
        for span in each.terms.removed
    ]
    of_caps = [cap.passage.span for cap in standing.caps if cap.passage.removed]
    return of_narrators + of_caps
