"""Duress codes: another code, for whoever is made to enter while someone looks on.

It opens a quiet story that is a story like any other: sealed to a key that nobody has,
closed to everyone, written down by no machine. No page and no rule knows it from a
story that its narrator took out of the archive's hands, so none can give it away; and
nothing that is done to it is done to the real one, but that this is frozen.
"""

import secrets
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from archive import claim_notes, ledger
from archive.access import LockedError, NotHereError
from archive.claim_notes import Note
from archive.claims import ClaimSecret, new_claim_code
from archive.clock import Clock
from archive.database import Database
from archive.descriptions import Description
from archive.entrance import stretched
from archive.freezes import consents_of
from archive.holders import add_narrator, testimonies_of
from archive.installation import Installation
from archive.intake import id_of
from archive.keeping import KeyKeeping
from archive.keys import check_words
from archive.models.testimony import Narrator, Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import SealedBlob, SealedObjects
from archive.sessions import Sessions
from archive.settling import NOTICE_VERSION
from consent.actors import Actor
from consent.actors import Narrator as NarratorActor
from consent.acts import Given, Notice
from consent.parts import Part
from consent.terms import UNHEARD
from storage.identities import HybridIdentity

_LEAST, _MOST = 1 << 20, 4 << 20
"""Bytes of a quiet story's recording: what a few minutes of voice take."""


@dataclass(frozen=True)
class DuressCodes:
    """Makes and ends them, for narrators who came in with their code."""

    installation: Installation
    database: Database
    objects: SealedObjects
    sessions: Sessions
    keeping: KeyKeeping
    now: Clock

    def make(self, actor: Actor, language: str) -> str:
        """Return a new duress code; the one before opens and freezes nothing any more.

        Raise `NotHereError` where there is no story to freeze, and `LockedError` to
        whoever did not come in with a code.
        """
        narrator_id, claim = self._own(actor)
        self.end(actor)
        code = new_claim_code(language)
        quiet = stretched(code, self.installation.claim_salt)
        key = HybridIdentity.generate()
        parts = (
            self.objects.put(key.recipient, Description().to_json()),
            self.objects.put(key.recipient, bytes(_size())),
        )
        testimony_id = id_of(key.recipient)
        # As of a story whose narrator left the archive out: one holder. Nobody is it.
        holders = [HybridIdentity.generate().recipient]
        self.installation.keys.wrap(testimony_id, key, holders)
        with self.database.writing() as session:
            other = self._record(
                session, quiet, testimony_id, str(key.recipient), parts
            )
            notice = Notice(NOTICE_VERSION, language)
            ledger.append(session, testimony_id, Given(UNHEARD, notice), self.now())
            freezes = Note(freezes=narrator_id)
            claim_notes.write(session, other, quiet.identity, freezes)
            # It may be a duress code itself, and goes on freezing what it freezes.
            told = replace(claim_notes.read(session, narrator_id, claim), duress=other)
            claim_notes.write(session, narrator_id, claim, told)
        return code

    def there(self, actor: Actor) -> bool:
        """Say whether oneself has one, as far as the code that one came with tells."""
        try:
            narrator_id, claim = self._own(actor)
        except (NotHereError, LockedError):
            return False
        with self.database.reading() as session:
            return bool(self._quiet(session, narrator_id, claim))

    def end(self, actor: Actor) -> None:
        """End one's duress code, and erase its quiet story; what is frozen stays so."""
        narrator_id, claim = self._own(actor)
        with self.database.writing() as session:
            other = self._quiet(session, narrator_id, claim)
            told = replace(claim_notes.read(session, narrator_id, claim), duress="")
            claim_notes.write(session, narrator_id, claim, told)
            found = [row.testimony_id for row in testimonies_of(session, other)]
        for testimony_id in found:
            self.keeping.erase(NarratorActor(other), testimony_id)

    def _own(self, actor: Actor) -> tuple[str, HybridIdentity]:
        if not isinstance(actor, NarratorActor):
            raise NotHereError
        check_words(actor)
        with self.database.reading() as session:
            if not consents_of(session, actor.narrator_id, self.now()):
                raise NotHereError
        claim = self.sessions.claim_of(actor.narrator_id)
        if not isinstance(claim, HybridIdentity):
            raise LockedError
        return actor.narrator_id, claim

    def _quiet(self, session: Session, narrator_id: str, claim: HybridIdentity) -> str:
        other = claim_notes.read(session, narrator_id, claim).duress
        # Erased under its own code, it is gone for good.
        there = bool(other) and session.get(Narrator, other) is not None
        return other if there else ""

    def _record(
        self,
        session: Session,
        quiet: ClaimSecret,
        testimony_id: str,
        recipient: str,
        parts: tuple[SealedBlob, SealedBlob],
    ) -> str:
        """Record it like what comes from a tablet; return the id of its narrator."""
        other = add_narrator(session, quiet.record)
        session.add(
            Testimony(
                testimony_id=testimony_id,
                narrator_id=other,
                recipient=recipient,
                arrived_on=self.now().date(),
            )
        )
        session.flush()
        described, recorded = parts
        session.add(
            described.row(testimony_id, Part.DESCRIPTION, 1, "application/json")
        )
        untold = "application/octet-stream"
        session.add(recorded.row(testimony_id, Part.ORIGINAL, 1, untold))
        session.add(
            TranscriptionJob(
                testimony_id=testimony_id,
                state="refused",
                done_seconds=0,
                total_seconds=0,
                error_code=None,
            )
        )
        return other


def _size() -> int:
    return _LEAST + secrets.randbelow(_MOST - _LEAST)
