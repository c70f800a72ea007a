"""Folds the acts on a testimony into how it stands; there is no other state."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from consent.acts import (
    Act,
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    Erased,
    ErasureAsked,
    ErasureCalledOff,
    Frozen,
    Given,
    Joined,
    Left,
    LeftToDelegate,
    PassedOn,
    Restored,
    TurnedAway,
    Uncapped,
    Withdrawn,
)
from consent.caps import Cap
from consent.delegation import Attestation, Delegate, Event, counts, effective_on
from consent.levels import Level
from consent.standing import Answer, Consent, Standing
from consent.terms import SILENCE, Terms, earliest, terms_after_death
from consent.widening import least, while_cooling

_OwnAct = (
    Changed
    | ApprovedTranscript
    | Answered
    | LeftToDelegate
    | Delegated
    | Attested
    | Disputed
    | Withdrawn
    | Restored
    | ErasureAsked
    | ErasureCalledOff
    | Left
)


class UnknownNarratorError(ValueError):
    """An act is about a narrator whom this testimony does not have."""


def standing_at(
    testimony_id: str,
    narrator_id: str,
    acts: Iterable[Act],
    now: datetime,
    recorded_to: datetime | None = None,
) -> Standing:
    """Return how a testimony stands at `now`, from its acts in ledger order.

    `narrator_id` is whoever deposited it. Raise `UnknownNarratorError`.
    """
    history = list(acts)
    first = {narrator_id: Consent(narrator_id=narrator_id)}
    fold = _Fold(narrator_id, now, first, _frozen(narrator_id, history, now))
    for act in history:
        fold.add(act)
    if fold.erased:
        return Standing(testimony_id=testimony_id, erased=True)
    late = max(now, recorded_to) if recorded_to else now
    return Standing(
        testimony_id=testimony_id,
        consents=tuple(
            _turned(each, fold.now_for(each.narrator_id), late, now)
            for each in fold.consents.values()
        ),
        caps=tuple(fold.caps.values()),
        recorded_to=recorded_to,
    )


def start_of(day: date) -> datetime:
    """Return the first moment of a day, in UTC."""
    return datetime.combine(day, time.min, UTC)


def _frozen(depositor: str, acts: Iterable[Act], now: datetime) -> dict[str, datetime]:
    """Return since when each narrator's word is frozen, where it is."""
    found: dict[str, datetime] = {}
    for act in acts:
        if isinstance(act, Frozen) and now < start_of(act.until):
            since, whose = start_of(act.on), act.narrator_id or depositor
            found[whose] = min(since, found.get(whose, since))
    return found


@dataclass
class _Fold:
    depositor: str
    now: datetime
    consents: dict[str, Consent]
    frozen: dict[str, datetime] = field(default_factory=dict)
    caps: dict[str, Cap] = field(default_factory=dict)
    erased: bool = False

    def now_for(self, narrator_id: str) -> datetime:
        """Return as of when a narrator's word counts: what waited then goes on."""
        return min(self.now, self.frozen.get(narrator_id or self.depositor, self.now))

    def add(self, act: Act) -> None:
        match act:
            case Given(terms=terms, settles=settles):
                before, now = self._of(""), self.now_for("")
                self._keep(_opening(before, before.terms, terms, settles, now))
            case Joined(narrator_id=narrator_id):
                self.consents.setdefault(narrator_id, Consent(narrator_id=narrator_id))
            case Asked() | PassedOn() | TurnedAway():
                pass
            case Capped(cap=cap):
                self.caps[cap.cap_id] = cap
            case Uncapped(cap_id=cap_id):
                self.caps.pop(cap_id, None)
            case Erased():
                self.erased = True
            case Frozen(until=until):
                if self.now < start_of(until):
                    self._freeze(self._of(act.narrator_id), start_of(until))
            case _:
                before, now = self._of(act.narrator_id), self.now_for(act.narrator_id)
                self._keep(_holding(before, _after(before, act, now)))

    def _freeze(self, consent: Consent, until: datetime) -> None:
        if consent.left:
            return
        ends = max(until, consent.frozen_until or until)
        since = self.frozen[consent.narrator_id]
        self._keep(replace(consent, frozen_on=since, frozen_until=ends))

    def _of(self, narrator_id: str) -> Consent:
        found = self.consents.get(narrator_id or self.depositor)
        if found is None:
            raise UnknownNarratorError
        return found

    def _keep(self, consent: Consent) -> None:
        self.consents[consent.narrator_id] = consent


def _after(consent: Consent, act: _OwnAct, now: datetime) -> Consent:
    if consent.left:
        return consent
    match act:
        case Changed(terms=terms, settles=settles):
            return _opening(consent, consent.terms, terms, settles, now)
        case ApprovedTranscript(revision=revision):
            return replace(
                consent, transcript_approved=True, approved_revision=revision
            )
        case Answered():
            return _answering(consent, act)
        case LeftToDelegate():
            return consent
        case Delegated(holder=holder, powers=powers):
            others = tuple(d for d in consent.delegates if d.holder != holder)
            added = (Delegate(holder, powers),) if powers else ()
            return replace(consent, delegates=(*others, *added))
        case Attested(event=event, attestor=attestor, on=on):
            attested = Attestation(event, attestor, on)
            return replace(consent, attestations=(*consent.attestations, attested))
        case Disputed(event=event):
            left = tuple(a for a in consent.attestations if a.event is not event)
            return replace(consent, attestations=left)
        case _:
            return _closing(consent, act, now)


def _closing(
    consent: Consent,
    act: Withdrawn | Restored | ErasureAsked | ErasureCalledOff | Left,
    now: datetime,
) -> Consent:
    match act:
        case Withdrawn():
            # What was granted one by one does not come back with a restoration.
            return replace(consent, withdrawn=True, answers=())
        case ErasureAsked(until=until):
            return replace(consent, withdrawn=True, answers=(), erases_after=until)
        case ErasureCalledOff():
            return replace(consent, erases_after=None)
        case Restored() if consent.erases_after is not None:
            # Called off first: nothing that is to be erased opens by the way.
            return consent
        case Restored(settles=settles):
            restored = replace(consent, withdrawn=False)
            if settles is None:
                return restored
            anew = replace(restored, settles=None, settles_earlier=None)
            return _opening(anew, SILENCE, consent.said, settles, now)
        case Left():
            return Consent(narrator_id=consent.narrator_id, withdrawn=True, left=True)


def _holding(before: Consent, after: Consent) -> Consent:
    """Keep what an act changed while it was frozen: it goes on holding back."""
    if before.frozen_until is None or after.left or before == after:
        return after
    # Words that were approved since then wait like all that opens.
    after = replace(
        after,
        transcript_approved=before.transcript_approved,
        approved_revision=before.approved_revision,
    )
    was = replace(before, held=(), frozen_on=None, frozen_until=None)
    return replace(after, held=(*before.held, was))


def _answering(consent: Consent, act: Answered) -> Consent:
    others = tuple(a for a in consent.answers if a.person_id != act.person_id)
    if act.level is Level.NOTHING:
        return replace(consent, answers=others)
    answer = Answer(act.person_id, act.level, start_of(act.until), act.spans)
    return replace(consent, answers=(*others, answer))


def _opening(
    consent: Consent, before: Terms, after: Terms, settles: date | None, now: datetime
) -> Consent:
    if settles is None or start_of(settles) <= now:
        return replace(
            consent, terms=after, awaited=None, settles=None, settles_earlier=None
        )
    return replace(
        consent,
        terms=while_cooling(before, after),
        awaited=after,
        settles=start_of(settles),
        settles_earlier=earliest(consent.settles_earlier, consent.settles),
    )


def _turned(
    consent: Consent, now: datetime, late: datetime, clock: datetime
) -> Consent:
    """Let count what was attested long enough ago: before `now`, or to close, `late`.

    A clock that was set back opens neither what death closed nor what it opened.
    """
    attested = consent.attestations
    days = [effective_on(attested, event) for event in Event]
    starts = [start_of(day) for day in days if day is not None]
    deceased = counts(attested, Event.DEATH, now)
    terms, awaited = consent.terms, consent.awaited
    if deceased or counts(attested, Event.DEATH, late):
        dead = terms_after_death(terms)
        terms = dead if deceased else least(terms, dead)
        awaited = terms_after_death(awaited) if awaited and deceased else awaited
    return replace(
        consent,
        terms=terms,
        awaited=awaited,
        deceased=deceased,
        incapable=deceased or counts(attested, Event.INCAPACITY, now),
        turns=min((start for start in starts if start > clock), default=None),
        held=tuple(_turned(each, now, late, clock) for each in consent.held),
    )
