"""The answer to a request, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from consent.holes import Hole
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

    `uses`: how far each use goes, no further than where it was said.
    `valid_until`: until then the answer cannot change without another act.
    """

    timeline: Timeline
    uses: Mapping[Use, Timeline] = field(default_factory=dict, hash=False)
    naming: Naming = Naming.UNNAMED
    reasons: frozenset[Reason] = frozenset()
    valid_until: datetime | None = None

    @property
    def level(self) -> Level:
        """Return the most that is open anywhere in it."""
        return self.timeline.highest

    def allows(self, use: Use, level: Level) -> bool:
        """Say whether all that is open at a level may also be used so."""
        far = self.uses.get(use)
        if far is None or self.timeline.highest < level:
            return False
        closed = far.below(level)
        return closed == () or closed == self.timeline.below(level)


@dataclass(frozen=True)
class Release:
    """Leave to open one part, but for what is `withheld` of it.

    Only `consent.rules.decide` makes one. `revision` is the one that every narrator
    approved, where only that one may leave; `None` is the newest. `holes` are those of
    the copy that is heard: of the one that leaves, or that goes with words that leave.
    """

    testimony_id: str
    part: Part
    disclosure: Disclosure
    withheld: tuple[Span, ...] = ()
    revision: int | None = None
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """No, and the reason; `known` says whether the actor may know it exists."""

    reason: Reason
    known: bool = False


Decision = Release | Refusal

_GIVING = frozenset({Reason.NARRATOR, Reason.OPENED, Reason.ANSWERED, Reason.MACHINE})
_RANK = {reason: rank for rank, reason in enumerate(Reason)}


def chief_of(reasons: frozenset[Reason]) -> Reason:
    """Return the reason for a refusal that says most."""
    return min(reasons - _GIVING, key=_RANK.__getitem__, default=Reason.NOT_OPENED)
