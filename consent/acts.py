"""What was done about a testimony; the ledger keeps these and nothing else.

No act carries content, a name or a time finer than a day. `narrator_id` says whose
consent an act is about; an empty one is that of whoever deposited the testimony.
"""

from dataclasses import dataclass
from datetime import date

from consent.caps import Cap
from consent.delegation import Attestor, Event, Power
from consent.levels import Level
from consent.terms import Terms
from consent.timeline import Span


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
class Joined:
    """Someone else who speaks in it became a narrator too; they have said nothing."""

    narrator_id: str
    notice: Notice


@dataclass(frozen=True)
class Changed:
    """A narrator changed the terms; what widens holds from `settles` on."""

    terms: Terms
    settles: date | None = None
    narrator_id: str = ""


@dataclass(frozen=True)
class ApprovedTranscript:
    """A narrator approved one revision of the transcript."""

    revision: int
    narrator_id: str = ""


@dataclass(frozen=True)
class Asked:
    """A person asked the narrators for the testimony, or for parts of it."""

    request_id: str
    person_id: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Answered:
    """A narrator answered; `level` of `NOTHING` is a no, and `not_now` a no for now.

    A yes holds for `spans` (all of it, where none is named) until `until`;
    `by_delegate` says that it was left to one, who answered in the narrator's place.
    """

    request_id: str
    person_id: str
    level: Level
    until: date
    spans: tuple[Span, ...] = ()
    not_now: bool = False
    narrator_id: str = ""
    by_delegate: bool = False


@dataclass(frozen=True)
class LeftToDelegate:
    """A narrator left the answer to whom they trust with it."""

    request_id: str
    narrator_id: str = ""


@dataclass(frozen=True)
class PassedOn:
    """A caretaker passed a request on to the narrators, without an answer."""

    request_id: str


@dataclass(frozen=True)
class TurnedAway:
    """A caretaker turned a request away, so that it never reached the narrators."""

    request_id: str


@dataclass(frozen=True)
class Capped:
    """A caretaker narrowed it, with a reason that its narrators see."""

    cap: Cap


@dataclass(frozen=True)
class Uncapped:
    """A caretaker took a cap back; the terms hold again, no wider than they are."""

    cap_id: str


@dataclass(frozen=True)
class Delegated:
    """A narrator gave someone powers over their consent; no power ends it."""

    holder: str
    powers: frozenset[Power]
    narrator_id: str = ""


@dataclass(frozen=True)
class Attested:
    """Someone attested that a narrator died, or can no longer decide."""

    event: Event
    attestor: Attestor
    on: date
    narrator_id: str = ""


@dataclass(frozen=True)
class Disputed:
    """Someone disputed it: what was attested of that narrator counts no more."""

    event: Event
    narrator_id: str = ""


@dataclass(frozen=True)
class Withdrawn:
    """A narrator closed the testimony to everyone else."""

    narrator_id: str = ""


@dataclass(frozen=True)
class Restored:
    """A narrator took a withdrawal back; slow audiences hear again from `settles`."""

    settles: date | None = None
    narrator_id: str = ""


@dataclass(frozen=True)
class Frozen:
    """A narrator let nothing open any wider from one day on until another begins."""

    on: date
    until: date
    narrator_id: str = ""


@dataclass(frozen=True)
class ErasureAsked:
    """A narrator asked to erase it, closed it, and may change their mind to `until`."""

    until: date
    narrator_id: str = ""


@dataclass(frozen=True)
class ErasureCalledOff:
    """A narrator changed their mind; it is not erased, and stays closed."""

    narrator_id: str = ""


@dataclass(frozen=True)
class Left:
    """One of several narrators destroyed their own way to it; it stays closed."""

    narrator_id: str


@dataclass(frozen=True)
class Erased:
    """The testimony's keys were destroyed."""


Act = (
    Given
    | Joined
    | Changed
    | ApprovedTranscript
    | Asked
    | Answered
    | LeftToDelegate
    | PassedOn
    | TurnedAway
    | Capped
    | Uncapped
    | Delegated
    | Attested
    | Disputed
    | Withdrawn
    | Restored
    | Frozen
    | ErasureAsked
    | ErasureCalledOff
    | Left
    | Erased
)
