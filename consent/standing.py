"""How a testimony stands at one moment: all that a decision rests on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from consent.actors import Actor
from consent.caps import Cap
from consent.decisions import Disclosure
from consent.delegation import Attestation, Delegate
from consent.levels import Level
from consent.terms import SILENCE, Terms, check_zones, earliest
from consent.timeline import Span, Timeline

_END_OF_A_DAY = timedelta(days=1, hours=12)


@dataclass(frozen=True)
class Answer:
    """A narrator's yes to one person: no wider than `level`, in `spans`, until `until`.

    No span is all of it; outside of them only its existence is known.
    """

    person_id: str
    level: Level
    until: datetime
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        check_zones(self.until)
        if self.level is Level.NOTHING:
            raise ValueError("a no is no answer: it leaves what asking leaves")

    @property
    def timeline(self) -> Timeline:
        """Return how far it goes at every moment of the recording."""
        if not self.spans:
            return Timeline.always(self.level)
        return Timeline.within(self.spans, self.level, Level.EXISTENCE)


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One narrator's word; nothing said means nothing open."""

    narrator_id: str
    terms: Terms = SILENCE
    answers: tuple[Answer, ...] = ()
    transcript_approved: bool = False
    approved_revision: int = 0
    withdrawn: bool = False
    left: bool = False
    awaited: Terms | None = None
    settles: datetime | None = None
    settles_earlier: datetime | None = None
    """When terms begin to count that were said before those that still wait."""
    delegates: tuple[Delegate, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    deceased: bool = False
    incapable: bool = False
    turns: datetime | None = None
    """When an attested event begins to count."""
    frozen_on: datetime | None = None
    """As of when it counts, while it is frozen: what began later has not begun."""
    frozen_until: datetime | None = None
    held: tuple["Consent", ...] = ()
    """How it stood before each act since it was frozen: it gives no more than any."""
    erases_after: date | None = None
    """The last day on which its erasure can be called off; closed until then."""

    def __post_init__(self) -> None:
        check_zones(self.settles, self.settles_earlier, self.turns)
        check_zones(self.frozen_on, self.frozen_until)
        if (self.frozen_on is None) is not (self.frozen_until is None):
            raise ValueError("half frozen")
        if self.erases_after is not None and not self.withdrawn:
            raise ValueError("what is to be erased is closed")
        if len({each.person_id for each in self.answers}) < len(self.answers):
            raise ValueError("two answers to one person")

    @property
    def said(self) -> Terms:
        """Return the terms as they were last said, also what still waits."""
        return self.awaited or self.terms

    @property
    def changes(self) -> datetime | None:
        """Return when it next changes without another act, if it does."""
        return earliest(
            self.settles_earlier, self.settles, self.turns, self.frozen_until
        )

    def next_after(self, now: datetime) -> datetime | None:
        """Return a moment before which a frozen word does not change by itself."""
        ends = [each.until for each in self.terms.permissions.values()]
        ends += [each.until for each in self.terms.passages]
        ends += [each.until for each in self.answers]
        coming = [each for each in ends if each is not None and each > now]
        return earliest(self.turns, self.frozen_until, *coming)

    def answer_to(self, person_id: str | None, late: datetime) -> Answer | None:
        """Return the answer that a person was given and that holds at `late`."""
        for answer in self.answers:
            if answer.person_id == person_id and late < answer.until:
                return answer
        return None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The fold of a testimony's acts.

    `recorded_to` is the latest moment that any record is known from: a clock that says
    less is wrong, and ends nothing that has ended.
    """

    testimony_id: str
    consents: tuple[Consent, ...] = ()
    caps: tuple[Cap, ...] = ()
    erased: bool = False
    recorded_to: datetime | None = None

    def __post_init__(self) -> None:
        check_zones(self.recorded_to)
        if len({each.narrator_id for each in self.consents}) < len(self.consents):
            raise ValueError("two consents of one narrator")

    @cached_property
    def remembered(self) -> dict[Actor, tuple[datetime, Disclosure]]:
        """Keep what `consent.rules` worked out for whom, from when on."""
        return {}

    def of(self, narrator_id: str) -> Consent | None:
        """Return one narrator's consent."""
        for each in self.consents:
            if each.narrator_id == narrator_id:
                return each
        return None

    @property
    def withdrawn(self) -> bool:
        """Say whether any narrator has closed it to everyone else."""
        return any(each.withdrawn for each in self.consents)

    @property
    def erases_after(self) -> date | None:
        """Return after which day it is destroyed: if all who have a way to it asked."""
        asked = [each.erases_after for each in self.consents if not each.left]
        days = [day for day in asked if day is not None]
        return max(days) if days and len(days) == len(asked) else None

    def is_due(self, now: datetime) -> bool:
        """Say whether it is to be destroyed: that day has ended in every time zone."""
        day = self.erases_after
        return day is not None and now >= _END_OF_A_DAY + datetime.combine(
            day, time.min, UTC
        )

    @property
    def transcript_approved(self) -> bool:
        """Say whether every narrator has approved the same words."""
        return self.approved_revision is not None

    @property
    def approved_revision(self) -> int | None:
        """Return which words every narrator has approved, or `None`."""
        revisions = {each.approved_revision for each in self.consents}
        if all(each.transcript_approved for each in self.consents):
            return revisions.pop() if len(revisions) == 1 else None
        return None
