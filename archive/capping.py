"""Caretakers narrow, with a reason that the narrators see; they never widen."""

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive import ledger
from archive.access import NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.recording import Recording
from consent.actors import Actor, Person
from consent.acts import Capped, Uncapped
from consent.caps import Cap
from consent.powers import is_caretaker
from consent.standing import Consent, Standing


@dataclass(frozen=True)
class Capping:
    """Sets caps and takes them back."""

    database: Database
    recording: Recording
    now: Clock

    def cap(self, actor: Actor | None, testimony_id: str, cap: Cap) -> str:
        """Lower what a passage discloses; return the cap's id.

        Without an actor it is the operator's doing, at the command line.
        """
        self.of(actor, testimony_id)
        with (
            self.recording.of(testimony_id),
            self.database.writing() as session,
        ):
            ledger.append(session, testimony_id, Capped(cap), self.now())
        return cap.cap_id

    def lift(self, actor: Actor | None, testimony_id: str, cap_id: str) -> None:
        """Take a cap back: the narrators' terms hold again, no wider than they are."""
        if cap_id not in {each.cap_id for each in self.of(actor, testimony_id)}:
            raise NotHereError
        with (
            self.recording.of(testimony_id),
            self.database.writing() as session,
        ):
            ledger.append(session, testimony_id, Uncapped(cap_id), self.now())

    def of(self, actor: Actor | None, testimony_id: str) -> tuple[Cap, ...]:
        """Return a testimony's caps, to caretakers."""
        with self.database.reading() as session:
            return self._standing(session, actor, testimony_id).caps

    def narrators_of(self, actor: Actor, testimony_id: str) -> tuple[Consent, ...]:
        """Return whose consent it takes, to caretakers: ids and what was attested."""
        with self.database.reading() as session:
            standing = self._standing(session, actor, testimony_id)
        return tuple(
            Consent(narrator_id=each.narrator_id, attestations=each.attestations)
            for each in standing.consents
            if not each.left
        )

    def _standing(
        self, session: Session, actor: Actor | None, testimony_id: str
    ) -> Standing:
        now = self.now()
        if actor is not None and not isinstance(actor, Person):
            raise NotHereError
        try:
            standing = ledger.standing_of(session, testimony_id, now)
        except ledger.NoSuchTestimonyError:
            raise NotHereError from None
        if actor is not None and not is_caretaker(standing, actor, now):
            raise NotHereError
        if standing.erased:
            raise NotHereError
        return standing


def new_cap_id() -> str:
    """Return an id for a cap."""
    return secrets.token_hex(8)
