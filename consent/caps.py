"""What caretakers may do: narrow, and say why."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from consent.terms import Passage, check_zones


class CapReason(Enum):
    """Why a caretaker narrowed it; its narrators read this."""

    SAFETY = "safety"
    THIRD_PARTY = "third-party"
    LEGAL = "legal"
    DAMAGE = "damage"
    OTHER = "other"


@dataclass(frozen=True)
class Cap:
    """A limit on a passage (from 0 without an end: all of it), for a time or for good.

    `until` is aware; with it a cap closes for a time only, as for an objection.
    """

    cap_id: str
    passage: Passage
    reason: CapReason
    until: datetime | None = None

    def __post_init__(self) -> None:
        check_zones(self.until)
        if self.passage.until is not None:
            raise ValueError("a cap has its own end")

    def holds(self, now: datetime) -> bool:
        """Say whether it still lowers anything."""
        return self.until is None or now < self.until
