"""Whom a narrator trusts with what, and when someone can no longer decide."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

DISPUTE_DAYS = 90
"""Days for which what was attested can be disputed before it has any effect."""
_DISPUTED = timedelta(DISPUTE_DAYS)


class Power(Enum):
    """What a narrator lets a delegate do."""

    CLOSE = "close"
    ANSWER = "answer"
    DECIDE = "decide"
    """Decide all, once it is attested that the narrator no longer can."""


class Event(Enum):
    """What can be attested of a narrator; software never infers it."""

    DEATH = "death"
    INCAPACITY = "incapacity"


class Attestor(Enum):
    """Who attests; it takes one of each."""

    DELEGATE = "delegate"
    CARETAKER = "caretaker"


@dataclass(frozen=True)
class Delegate:
    """Whoever holds an account (`person:<id>`) or a claim code (`narrator:<id>`)."""

    holder: str
    powers: frozenset[Power]


@dataclass(frozen=True)
class Attestation:
    """That someone attested an event, on a day."""

    event: Event
    attestor: Attestor
    on: date


def effective_on(attestations: tuple[Attestation, ...], event: Event) -> date | None:
    """Return from which day an event counts: all have attested, nobody disputed it."""
    days = {each.attestor: each.on for each in attestations if each.event is event}
    if days.keys() != set(Attestor):
        return None
    last = max(days.values())
    if date.max - last < _DISPUTED:
        return None  # such a day never comes
    return last + _DISPUTED


def counts(attestations: tuple[Attestation, ...], event: Event, now: datetime) -> bool:
    """Say whether an event counts at `now` (aware)."""
    day = effective_on(attestations, event)
    return day is not None and datetime.combine(day, time.min, UTC) <= now
