"""A narrator changes their word: an act is appended, and bites at once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive import ledger, tombstones
from archive.access import (
    Access,
    DamagedStoryError,
    Keeping,
    Notarising,
    NotHereError,
    ProvenAct,
)
from archive.attesting import attest
from archive.clock import Clock
from archive.database import Database
from archive.descriptions import Description
from archive.freezes import check_open, freeze
from archive.holders import narrators_of
from archive.installation import Installation
from archive.jobs import UNDER_WAY, may_be_written_down
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import SealedObjects
from archive.settling import settling_day
from consent.actors import Actor, Narrator
from consent.acts import Act, Changed, ErasureAsked, Restored, Withdrawn
from consent.freezing import frozen_until
from consent.parts import Part
from consent.powers import Deed, may
from consent.standing import Consent, Standing
from consent.terms import SILENCE, Terms

Whose = tuple[Actor, str, str | None]
"""Who acts, on which testimony, and on which narrator's behalf if not their own."""


class NotAloneError(Exception):
    """Someone else speaks in it too: one alone does not say more about it."""


@dataclass(frozen=True)
class Wishes:
    """What only the narrator may do; for anyone else there is no such testimony."""

    installation: Installation
    database: Database
    objects: SealedObjects
    gate: Access
    keeping: Keeping
    notary: Notarising
    now: Clock

    def standing(self, actor: Actor, testimony_id: str) -> Standing:
        """Return how one's own testimony stands."""
        with self.database.reading() as session:
            return self._own(session, actor, testimony_id)[0]

    def consent(self, actor: Actor, testimony_id: str) -> Consent:
        """Return what oneself has said of it; others' words are theirs to know."""
        with self.database.reading() as session:
            return self._own(session, actor, testimony_id)[1]

    def terms(self, actor: Actor, testimony_id: str) -> Terms:
        """Return the terms as the narrator last said them, also what still waits."""
        return self.consent(actor, testimony_id).said

    def change_terms(
        self, actor: Actor, testimony_id: str, terms: Terms, of: str | None = None
    ) -> None:
        """Set new terms; what narrows holds at once, what widens may wait.

        `of` is the narrator on whose behalf a delegate acts, here and below.
        """
        self.alter_terms(actor, testimony_id, lambda _: terms, of)

    def alter_terms(
        self,
        actor: Actor,
        testimony_id: str,
        alter: Callable[[Terms], Terms],
        of: str | None = None,
    ) -> None:
        """Set what `alter` makes of the terms, which nobody changes in between."""
        whose = (actor, testimony_id, of)
        self._say(whose, lambda: self._change(whose, alter))

    def stop_widening(self, actor: Actor, testimony_id: str) -> None:
        """Take back what was opened wider and still waits: what holds now stays."""
        whose = (actor, testimony_id, None)
        self._say(whose, lambda: self._stop(whose))

    def withdraw(self, actor: Actor, testimony_id: str, of: str | None = None) -> None:
        """Close a testimony to everyone but its narrators."""
        whose = (actor, testimony_id, of)
        self._say(whose, lambda: self._close(whose))

    def restore(self, actor: Actor, testimony_id: str, of: str | None = None) -> None:
        """Take a withdrawal back; on another day the slow audiences wait again."""
        whose = (actor, testimony_id, of)
        self._say(whose, lambda: self._reopen(whose))

    def freeze(self, actor: Actor) -> None:
        """Let nothing of all that oneself told open any wider, for some days."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        days = self.installation.settings.freeze_days
        with self.database.writing() as session:
            freeze(session, actor.narrator_id, days, self.now())
        attest(self.notary)

    def describe(
        self, actor: Actor, testimony_id: str, description: Description
    ) -> None:
        """Change the title, topics and names that others may be shown.

        One of several narrators may only take from them: raise `NotAloneError`.
        """
        with self.database.reading() as session:
            standing, _ = self._own(session, actor, testimony_id)
        shared, until = len(narrators_of(standing)) > 1, frozen_until(standing.consents)
        if (shared or until) and description.tells_more_than(
            self.description(actor, testimony_id)
        ):
            check_open(standing)
            raise NotAloneError
        self.objects.add(
            testimony_id, Part.DESCRIPTION, description.to_json(), "application/json"
        )

    def description(self, actor: Actor, testimony_id: str) -> Description:
        """Return one's own description, names and all."""
        self.standing(actor, testimony_id)
        return Description.from_json(
            self.gate.whole(actor, testimony_id, Part.DESCRIPTION)
        )

    def erase(self, actor: Actor, testimony_id: str) -> ProvenAct | None:
        """Destroy a testimony's keys, then everything of it: now, without days.

        Return the proof that it was said, which nobody can give afterwards.
        """
        proven: list[ProvenAct | None] = []

        def deed() -> None:
            proven.append(self.keeping.erase(actor, testimony_id))

        self._say((actor, testimony_id, None), deed)
        return proven[-1]

    def others(self, actor: Actor, testimony_id: str) -> int:
        """Return how many others speak in it: with any, erasing it is leaving it."""
        try:
            standing = self.standing(actor, testimony_id)
        except DamagedStoryError:
            return 0
        return len(narrators_of(standing)) - 1

    def noted_outside(self, testimony_id: str) -> bool | None:
        """Say whether its closing is noted outside this machine; `None`: nowhere to."""
        return tombstones.noted(self.installation, testimony_id)

    def leave_archive_out(self, actor: Actor, testimony_id: str) -> None:
        """Let nobody but the narrator open it, not even the archive."""
        self.keeping.leave_archive_out(actor, testimony_id)
        with self.database.writing() as session:
            follow_transcription(session, testimony_id, wanted=False)

    def only_narrator(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether it opens to its narrators alone."""
        return self.keeping.only_narrator(actor, testimony_id)

    def let_archive_in(self, actor: Actor, testimony_id: str) -> None:
        """Let the archive open it again, as far as the terms say."""
        self.keeping.let_archive_in(actor, testimony_id)
        standing = self.standing(actor, testimony_id)
        wanted = may_be_written_down(standing)
        with self.database.writing() as session:
            follow_transcription(session, testimony_id, wanted=wanted)

    def finish_erasures(self) -> None:
        """Complete what a crash interrupted between the word and the deed."""
        self.keeping.finish_erasures()

    def _say(self, whose: Whose, deed: Callable[[], None]) -> None:
        """Do what must not fail for want of room, and note it outside this machine."""
        _, testimony_id, _ = whose

        def noted() -> None:
            # A full disk hinders reading too; and nobody else leaves a mark.
            with suppress(DamagedStoryError), self.database.reading() as session:
                self._consent(session, whose, Deed.CLOSE)
            with tombstones.noting(self.installation, testimony_id):
                deed()

        self.installation.reserve.spend(noted)
        tombstones.catch_up(self.installation, self.database)
        attest(self.notary)

    def _close(self, whose: Whose) -> None:
        with self.database.writing() as session:
            consent = self._consent(session, whose, Deed.CLOSE)
            if not consent.withdrawn:
                self._act(session, whose[1], Withdrawn(consent.narrator_id))

    def _change(self, whose: Whose, alter: Callable[[Terms], Terms]) -> None:
        now, hours = self.now(), self.installation.settings.cooling_off_hours
        with self.database.writing() as session:
            consent = self._consent(session, whose, Deed.CHANGE)
            terms = alter(consent.said)
            if terms == consent.said:
                return
            settles = settling_day(consent.terms, terms, now.date(), hours)
            act = Changed(terms, settles, consent.narrator_id)
            self._act(session, whose[1], act)

    def _stop(self, whose: Whose) -> None:
        with self.database.writing() as session:
            consent = self._consent(session, whose, Deed.CHANGE)
            if consent.awaited is not None:
                act = Changed(consent.terms, None, consent.narrator_id)
                self._act(session, whose[1], act)

    def _reopen(self, whose: Whose) -> None:
        now, hours = self.now(), self.installation.settings.cooling_off_hours
        with self.database.writing() as session:
            consent = self._consent(session, whose, Deed.REOPEN)
            if not consent.withdrawn or consent.erases_after is not None:
                return
            withdrawn_on = [
                row.day
                for row, act in ledger.history_of(session, whose[1])
                if isinstance(act, Withdrawn | ErasureAsked)
                and act.narrator_id in {"", consent.narrator_id}
            ][-1]
            settles = (
                None
                if withdrawn_on == now.date() and consent.settles is None
                else settling_day(SILENCE, consent.said, now.date(), hours)
            )
            self._act(session, whose[1], Restored(settles, consent.narrator_id))

    def _act(self, session: Session, testimony_id: str, act: Act) -> None:
        """Record an act, and let the machine follow what the narrators say now."""
        now = self.now()
        ledger.append(session, testimony_id, act, now)
        standing = ledger.standing_of(session, testimony_id, now)
        follow_transcription(
            session, testimony_id, wanted=may_be_written_down(standing)
        )

    def _own(
        self, session: Session, actor: Actor, testimony_id: str
    ) -> tuple[Standing, Consent]:
        return ledger.own_consent(session, actor, testimony_id, self.now())

    def _consent(self, session: Session, whose: Whose, deed: Deed) -> Consent:
        """Return the consent that an actor may do this about: their own, or `of`."""
        actor, testimony_id, of = whose
        if of is None:
            return self._own(session, actor, testimony_id)[1]
        now = self.now()
        standing = ledger.standing_for(session, actor, testimony_id, now)
        consent = standing.of(of)
        if consent is None or not may(standing, of, actor, deed, now):
            raise NotHereError
        return consent


def follow_transcription(session: Session, testimony_id: str, *, wanted: bool) -> None:
    """Let the machine write it down, or not, as its narrators say now."""
    job = session.get(TranscriptionJob, testimony_id)
    if job is None:
        return
    if not wanted and job.state in UNDER_WAY | {"paused"}:
        job.state = "refused"
    elif wanted and job.state == "refused":
        job.state = "waiting"
