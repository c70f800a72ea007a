"""What is done to a testimony's keys at its narrator's word."""

import contextlib
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive import ledger, logs
from archive.access import (
    DamagedStoryError,
    NotHereError,
    ProvenAct,
    SessionKeeping,
)
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.keys import Keys
from archive.models.act import ActRow
from archive.models.audit_entry import AuditEntry
from archive.models.request import RequestRow
from archive.models.testimony import Narrator, Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.notary import Notary
from archive.sealed_objects import SealedObjects
from archive.soundness import act_sound
from consent.actors import Actor
from consent.actors import Narrator as NarratorActor
from consent.acts import Erased
from storage.errors import BadKeyError, StoreUnavailableError
from storage.identities import KeyIdentity, Recipient, parse_identity, parse_recipient


class NoClaimRecipientError(Exception):
    """The record is too old to know whom the narrator's copy is sealed to."""


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

    def erase(self, actor: Actor, testimony_id: str) -> ProvenAct | None:
        """Destroy a testimony's keys, then everything of it. There is no way back.

        Return the proof that it was said, if one can be given: the destroying takes
        what it would need.
        """
        reserve = self.installation.reserve
        sequence = reserve.spend(lambda: self._say_erased(actor, testimony_id))
        proven = self._proven(testimony_id, sequence)
        try:
            reserve.spend(lambda: self.destroy(testimony_id))
        except StoreUnavailableError:
            # The key is gone, so nothing opens; the rest is finished by the worker.
            logs.event("erasure-unfinished")
        return proven

    def finish_erasures(self) -> None:
        """Complete what a crash interrupted between the word and the deed."""
        with self.database.reading() as session:
            erased = session.scalars(
                select(ActRow)
                .join(Testimony, Testimony.testimony_id == ActRow.testimony_id)
                .where(ActRow.kind == "erased")
            )
            # Nothing is destroyed at a word that was damaged.
            unfinished = [row.testimony_id for row in erased if act_sound(row)]
        for testimony_id in unfinished:
            self.destroy(testimony_id)

    def leave_archive_out(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for its narrator alone: not even the archive opens."""
        claim = self._claim_recipient(actor, testimony_id)
        key = self._key(actor, testimony_id)
        self.installation.keys.wrap(testimony_id, key, [claim])

    def let_archive_in(self, actor: Actor, testimony_id: str) -> None:
        """Wrap the testimony key for narrator and archive."""
        claim = self._claim_recipient(actor, testimony_id)
        key = self._key(actor, testimony_id)
        self.installation.keys.admit(testimony_id, key, claim)

    def only_narrator(self, actor: Actor, testimony_id: str) -> bool:
        """Say whether one's testimony opens to its narrator alone."""
        with self.database.reading() as session:
            self._own(session, actor, testimony_id)
        return self.installation.keys.holders(testimony_id) == 1

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
            ledger.forget(session, testimony_id)
            for table in (RequestRow, AuditEntry, TranscriptionJob):
                session.execute(delete(table).where(table.testimony_id == testimony_id))
            row = session.get(Testimony, testimony_id)
            if row is None:
                return
            narrator_id = row.narrator_id
            session.delete(row)
            session.flush()
            others = select(Testimony.testimony_id).where(
                Testimony.narrator_id == narrator_id
            )
            if session.scalar(others.limit(1)) is None:
                self.sessions.end_all(narrator_id)
                session.execute(
                    delete(Narrator).where(Narrator.narrator_id == narrator_id)
                )

    def _say_erased(self, actor: Actor, testimony_id: str) -> int:
        with self.database.writing() as session:
            self._check_may_erase(session, actor, testimony_id)
            return ledger.append(session, testimony_id, Erased(), self.now())

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

    def _key(self, actor: Actor, testimony_id: str) -> KeyIdentity:
        return parse_identity(str(self.keys.testimony(testimony_id, actor)))

    def _claim_recipient(self, actor: Actor, testimony_id: str) -> Recipient:
        with self.database.reading() as session:
            narrator_id = self._own(session, actor, testimony_id)
            row = session.get_one(Narrator, narrator_id)
        if row.recipient is None:
            raise NoClaimRecipientError
        return parse_recipient(row.recipient)

    def _own(self, session: Session, actor: Actor, testimony_id: str) -> str:
        standing = ledger.standing_for(session, actor, testimony_id, self.now())
        own = (
            standing.of(actor.narrator_id) if isinstance(actor, NarratorActor) else None
        )
        if standing.erased or own is None or own.left:
            raise NotHereError
        return own.narrator_id
