"""What is done to a testimony's keys at its narrator's word."""

import contextlib
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive import erasing_days, ledger, logs
from archive.access import (
    DamagedStoryError,
    LockedError,
    NotHereError,
    ProvenAct,
    SessionKeeping,
)
from archive.claims import ClaimSecret, new_claim_code
from archive.clock import Clock
from archive.database import Database
from archive.entrance import stretched
from archive.freezes import check_open
from archive.holders import (
    add_narrator,
    claim_recipients,
    forget_involvements,
    forget_without_story,
    involve,
    narrators_of,
)
from archive.installation import Installation
from archive.keys import Keys, check_words
from archive.leases import Leases
from archive.models.act import ActRow
from archive.models.audit_entry import AuditEntry
from archive.models.copy_job import CopyJob
from archive.models.involvement import Involvement
from archive.models.request import RequestRow
from archive.models.testimony import Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.notary import Notary
from archive.sealed_objects import SealedObjects
from archive.settling import NOTICE_VERSION
from archive.soundness import act_sound
from archive.wrapping import Wrapping
from consent.actors import Actor
from consent.actors import Narrator as NarratorActor
from consent.acts import Delegated, Erased, Joined, Left, Notice
from consent.delegation import Power
from consent.powers import holder_of
from consent.standing import Standing
from storage.errors import BadKeyError, NoMatchError, StoreUnavailableError
from storage.identities import Recipient
from storage.keyring_entries import holders_of, unwrap_testimony_key


@dataclass(frozen=True)
class KeyKeeping:
    """Changes keyring entries; for anyone but the narrator there is no such thing."""

    installation: Installation
    database: Database
    objects: SealedObjects
    sessions: SessionKeeping
    keys: Keys
    now: Clock
    notary: Notary | None = None
    leases: Leases = field(default_factory=Leases)

    def erase(self, actor: Actor, testimony_id: str) -> ProvenAct | None:
        """Destroy a testimony's keys, then everything of it. There is no way back.

        One of several narrators destroys their own way to it; it closes for good.
        Return the proof that it was said, if one can be given: the destroying takes
        what it would need.
        """
        reserve = self.installation.reserve
        whole, sequence = reserve.spend(lambda: self._say_erased(actor, testimony_id))
        proven = self._proven(testimony_id, sequence)
        if not whole:
            return proven
        try:
            reserve.spend(lambda: self.destroy(testimony_id))
        except StoreUnavailableError:
            # The key is gone, so nothing opens; the rest is finished by the worker.
            logs.event("erasure-unfinished")
        return proven

    def finish_erasures(self) -> None:
        """Erase what was asked for and whose days are over; complete what a crash cut.

        A key that came back with an old copy of the keys is destroyed again.
        """
        erasing_days.say_erased(self.installation, self.database, self.now())
        with self.database.reading() as session:
            acts = session.scalars(select(ActRow).where(ActRow.kind == "erased"))
            # Nothing is destroyed at a word that was damaged.
            erased = {row.testimony_id for row in acts if act_sound(row)}
            known = set(session.scalars(select(Testimony.testimony_id))) & erased
        for testimony_id in known.union(
            erased.intersection(self.installation.keys.keyring.entries())
        ):
            self.destroy(testimony_id)

    def leave_archive_out(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the key for its narrators alone: not even the archive opens it."""
        self._check_own(actor, testimony_id)
        check_words(actor)
        self._wrapping.anew(actor, testimony_id, lambda claims, _: claims)
        # What the archive opened before must not lie open until someone asks again.
        self.leases.end_of(testimony_id)

    def let_archive_in(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for narrators and archive."""
        with self.database.reading() as session:
            check_open(self._own(session, actor, testimony_id))
        check_words(actor)
        archive = self.installation.keys.recipient
        self._wrapping.anew(actor, testimony_id, lambda claims, _: [archive(), *claims])

    def only_narrator(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether one's testimony opens to its narrators alone."""
        with self.database.reading() as session:
            standing = self._own(session, actor, testimony_id)
        return self._archive_is_out(standing)

    def invite(self, actor: Actor, testimony_id: str, language: str) -> str:
        """Let someone else who speaks in it be its narrator too; return their code."""
        self._check_own(actor, testimony_id)
        check_words(actor)
        code, claim = self._new_code(language)
        newcomer = claim.identity.recipient

        def with_newcomer(claims: list[Recipient], entry: bytes) -> list[Recipient]:
            out = holders_of(entry) <= len(claims)
            archive = [] if out else [self.installation.keys.recipient()]
            return [*archive, *claims, newcomer]

        with self.database.writing() as session:
            if self._own(session, actor, testimony_id).erases_after is not None:
                # Whoever joined now would lose it in a few days.
                raise NotHereError
            narrator_id = add_narrator(session, claim.record)
            holder = holder_of(NarratorActor(narrator_id))
            involve(session, testimony_id, holder)
            joined = Joined(narrator_id, Notice(NOTICE_VERSION, language))
            ledger.append(session, testimony_id, joined, self.now())
            # Inside the transaction: a narrator whose key was not kept has not joined.
            self._wrapping.anew(actor, testimony_id, with_newcomer)
        return code

    def entrust(
        self,
        actor: Actor,
        testimony_id: str,
        powers: frozenset[Power],
        language: str,
    ) -> str:
        """Make a code that opens nothing, for whom a narrator trusts; return it."""
        self._check_own(actor, testimony_id)
        check_words(actor)
        code, claim = self._new_code(language)
        with self.database.writing() as session:
            _, own = ledger.own_consent(session, actor, testimony_id, self.now())
            narrator_id = add_narrator(session, claim.record)
            holder = holder_of(NarratorActor(narrator_id))
            involve(session, testimony_id, holder)
            act = Delegated(holder, powers, own.narrator_id)
            ledger.append(session, testimony_id, act, self.now())
        return code

    def destroy(self, testimony_id: str) -> None:
        """Do what an erasure in the ledger asks for; again, if need be."""
        # The key first: from here on nothing opens it, whatever happens next.
        self.installation.keys.keyring.destroy(testimony_id)
        with self.database.writing() as session:
            blobs = self.objects.drop(session, testimony_id, None)
            for blob in blobs:
                # A blob whose key rot changed is found by the scrub: no row names it.
                with contextlib.suppress(BadKeyError):
                    self.objects.blobs.delete(blob)
            self.installation.uploads.forget(blobs)
            ledger.forget(session, testimony_id)
            for table in (RequestRow, AuditEntry, TranscriptionJob, CopyJob):
                session.execute(delete(table).where(table.testimony_id == testimony_id))
            row = session.get(Testimony, testimony_id)
            if row is None:
                return
            near = {row.narrator_id, *forget_involvements(session, testimony_id)}
            session.delete(row)
            session.flush()
            for narrator_id in near:
                if forget_without_story(session, narrator_id):
                    self.sessions.end_all(narrator_id)
                    self.installation.keys.forget(narrator_id)

    def _say_erased(self, actor: Actor, testimony_id: str) -> tuple[bool, int]:
        """Record it; say whether all of it goes, or one narrator's way, and where."""
        with self.database.writing() as session:
            self._check_may_erase(session, actor, testimony_id)
            others, own = self._others(session, actor, testimony_id)
            act = Left(own) if others else Erased()
            sequence = ledger.append(session, testimony_id, act, self.now())
            if others:
                # Inside the transaction: killed here, a leaver has lost their way to
                # it and says so again; never have they left with their key kept.
                self._leave_out(session, actor, testimony_id, len(others))
        return not others, sequence

    def _others(
        self, session: Session, actor: Actor, testimony_id: str
    ) -> tuple[list[str], str]:
        try:
            standing = self._own(session, actor, testimony_id)
        except DamagedStoryError:
            return [], ""
        own = actor.narrator_id if isinstance(actor, NarratorActor) else ""
        return [each for each in narrators_of(standing) if each != own], own

    def _leave_out(
        self, session: Session, actor: Actor, testimony_id: str, staying: int
    ) -> None:
        """Wrap the key for those who stay, and for the archive if it was let in."""
        if not isinstance(actor, NarratorActor):
            raise NotHereError
        leaver = claim_recipients(session, [actor.narrator_id])
        recipient = self.installation.keys.recipient

        def those_who_stay(claims: list[Recipient], entry: bytes) -> list[Recipient]:
            out = holders_of(entry) <= len(claims) and not self._archive_opens(entry)
            kept = [each for each in claims if each not in leaver]
            return kept if out else [recipient(), *kept]

        if self.installation.keys.holders(testimony_id) > staying:
            self._wrapping.anew(actor, testimony_id, those_who_stay)
        self._forget_leaver(session, testimony_id, actor.narrator_id)

    def _archive_opens(self, entry: bytes) -> bool:
        try:
            unwrap_testimony_key(entry, self.keys.archive())
        except (LockedError, NoMatchError):
            return False
        return True

    def _forget_leaver(
        self, session: Session, testimony_id: str, narrator_id: str
    ) -> None:
        holder = holder_of(NarratorActor(narrator_id))
        row = session.get(Involvement, (testimony_id, holder))
        if row is not None:
            session.delete(row)
            session.flush()
        if forget_without_story(session, narrator_id):
            self.sessions.end_all(narrator_id)
            self.installation.keys.forget(narrator_id)

    def _proven(self, testimony_id: str, sequence: int) -> ProvenAct | None:
        if self.notary is None:
            return None
        try:
            return self.notary.prove(testimony_id, sequence)
        except Exception as error:  # noqa: BLE001 - an erasure does not wait for a proof
            logs.event("erasure-unproven", kind=type(error).__name__)
            return None

    def _check_may_erase(
        self, session: Session, actor: Actor, testimony_id: str
    ) -> None:
        """Let the narrator erase what is damaged too, where it can be told what it is.

        Without a keyring entry of that id, the id may be what rot changed: then the
        key would be left, and "erased" would be a lie.
        """
        try:
            self._own(session, actor, testimony_id)
        except DamagedStoryError:
            row = session.get_one(Testimony, testimony_id)
            if testimony_id not in self.installation.keys.keyring.entries():
                raise
            if not ledger.owns(actor, row):
                raise NotHereError from None

    def _new_code(self, language: str) -> tuple[str, ClaimSecret]:
        code = new_claim_code(language)
        return code, stretched(code, self.installation.claim_salt)

    def _archive_is_out(self, standing: Standing) -> bool:
        holders = self.installation.keys.holders(standing.testimony_id)
        return holders <= len(narrators_of(standing))

    @property
    def _wrapping(self) -> Wrapping:
        return Wrapping(self.installation, self.database, self.keys, self.now)

    def _check_own(self, actor: Actor, testimony_id: str) -> None:
        with self.database.reading() as session:
            self._own(session, actor, testimony_id)

    def _own(self, session: Session, actor: Actor, testimony_id: str) -> Standing:
        return ledger.own_consent(session, actor, testimony_id, self.now())[0]
