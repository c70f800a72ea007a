"""What was done about a testimony; the ledger keeps these and nothing else.

No act carries content, a name or a time finer than a day.
"""

from dataclasses import dataclass
from datetime import date

from consent.levels import Level
from consent.terms import Terms


@dataclass(frozen=True)
class Notice:
    """Which consent text was shown: its version and language (BCP 47)."""

    version: str
    language: str


@dataclass(frozen=True)
class Given:
    """A narrator deposited a testimony under these terms."""

    terms: Terms
    notice: Notice
    settles: date | None = None


@dataclass(frozen=True)
class Changed:
    """A narrator changed the terms; what widens holds from `settles` on."""

    terms: Terms
    settles: date | None = None


@dataclass(frozen=True)
class ApprovedTranscript:
    """A narrator approved one revision of the transcript."""

    revision: int


@dataclass(frozen=True)
class Asked:
    """A person asked the narrator for the testimony."""

    request_id: str
    person_id: str


@dataclass(frozen=True)
class Answered:
    """A narrator answered; `level` of `NOTHING` is a no."""

    request_id: str
    person_id: str
    level: Level
    until: date


@dataclass(frozen=True)
class Withdrawn:
    """A narrator closed the testimony to everyone else."""


@dataclass(frozen=True)
class Restored:
    """A narrator took a withdrawal back; slow audiences hear again from `settles`."""

    settles: date | None = None


@dataclass(frozen=True)
class Erased:
    """The testimony's keys were destroyed."""


Act = (
    Given
    | Changed
    | ApprovedTranscript
    | Asked
    | Answered
    | Withdrawn
    | Restored
    | Erased
)
