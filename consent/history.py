"""Folds the acts on a testimony into how it stands; there is no other state."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Asked,
    Changed,
    Erased,
    Given,
    Restored,
    Withdrawn,
)
from consent.levels import Level
from consent.standing import Answer, Standing
from consent.terms import SILENCE, Terms
from consent.widening import while_cooling


def standing_at(
    testimony_id: str, narrator_id: str, acts: Iterable[Act], now: datetime
) -> Standing:
    """Return how a testimony stands at `now`, from its acts in ledger order."""
    standing = Standing(testimony_id=testimony_id, narrator_id=narrator_id)
    for act in acts:
        standing = _after(standing, act, now)
    if standing.erased:
        return Standing(testimony_id=testimony_id, narrator_id=narrator_id, erased=True)
    return standing


def start_of(day: date) -> datetime:
    """Return the first moment of a day, in UTC."""
    return datetime.combine(day, time.min, UTC)


def _after(standing: Standing, act: Act, now: datetime) -> Standing:
    match act:
        case (
            Given(terms=terms, settles=settles) | Changed(terms=terms, settles=settles)
        ):
            return _opening(standing, standing.terms, terms, settles, now)
        case ApprovedTranscript():
            return replace(standing, transcript_approved=True)
        case Asked():
            return standing
        case Answered(person_id=person_id, level=level, until=until):
            others = tuple(a for a in standing.answers if a.person_id != person_id)
            if level is Level.NOTHING:
                return replace(standing, answers=others)
            answer = Answer(person_id, level, start_of(until))
            return replace(standing, answers=(*others, answer))
        case Withdrawn():
            # What was granted one by one does not come back with a restoration.
            return replace(standing, withdrawn=True, answers=())
        case Restored(settles=settles):
            restored = replace(standing, withdrawn=False)
            if settles is None:
                return restored
            said = standing.awaited or standing.terms
            return _opening(restored, SILENCE, said, settles, now)
        case Erased():
            return replace(standing, erased=True)


def _opening(
    standing: Standing, before: Terms, after: Terms, settles: date | None, now: datetime
) -> Standing:
    if settles is None or start_of(settles) <= now:
        return replace(standing, terms=after, awaited=None, settles=None)
    return replace(
        standing,
        terms=while_cooling(before, after),
        awaited=after,
        settles=start_of(settles),
    )
