"""The answer to a request, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.timeline import Span, Timeline


class Reason(Enum):
    """Why an answer is what it is; worded at the edge, naming no one."""

    NARRATOR = "narrator"
    OPENED = "opened"
    ANSWERED = "answered"
    NOT_OPENED = "not-opened"
    NEVER = "never"
    ASK = "ask"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    NOT_APPROVED = "not-approved"
    PASSAGE = "passage"
    CAPPED = "capped"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    MACHINE = "machine"
    MACHINE_REFUSED = "machine-refused"
    UNKNOWN_TIME = "unknown-time"


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """How far a testimony is open to one actor at one moment.

    `valid_until`: until then the answer cannot change without another act.
    """

    timeline: Timeline
    uses: frozenset[Use] = frozenset()
    naming: Naming = Naming.UNNAMED
    reasons: frozenset[Reason] = frozenset()
    valid_until: datetime | None = None

    @property
    def level(self) -> Level:
        """Return the most that is open anywhere in it."""
        return self.timeline.highest


@dataclass(frozen=True)
class Release:
    """Leave to open one part, but for what is `withheld` of it.

    Only `consent.rules.decide` makes one.
    """

    testimony_id: str
    part: Part
    disclosure: Disclosure
    withheld: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """No, and the reason; `known` says whether the actor may know it exists."""

    reason: Reason
    known: bool = False


Decision = Release | Refusal
