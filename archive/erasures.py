"""A narrator asks to erase: it closes at once, and the deed waits for some days."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from archive import erasing_days, ledger, tombstones
from archive.access import DamagedStoryError, Notarising, NotHereError
from archive.attesting import attest
from archive.clock import Clock
from archive.database import Database
from archive.holders import narrators_of, testimonies_of
from archive.installation import Installation
from archive.wishes import NotAloneError, Wishes, follow_transcription
from consent.actors import Actor, Narrator
from consent.acts import ErasureAsked, ErasureCalledOff


@dataclass(frozen=True)
class Erasures:
    """For anyone but the narrator there is no such testimony."""

    installation: Installation
    database: Database
    wishes: Wishes
    notary: Notarising
    now: Clock

    @property
    def days(self) -> int:
        """Return for how many days whoever asks may change their mind."""
        return self.installation.settings.erasing_days

    def last_day(self) -> date:
        """Return the last day on which whoever asks now may change their mind."""
        with self.database.reading() as session:
            return erasing_days.last_day(session, self.now(), self.days)

    def ask(self, actor: Actor, testimony_id: str) -> date:
        """Close a testimony at once, and erase it once its days are over.

        Return the last day on which it can be called off. Raise `NotAloneError` where
        others speak in it: one of several leaves it.
        """
        said: list[date] = []

        def deed() -> None:
            with self.database.writing() as session:
                said.append(self._ask(session, actor, testimony_id))

        self._say(actor, testimony_id, deed)
        return said[-1]

    def call_off(self, actor: Actor, testimony_id: str) -> None:
        """Keep what was to be erased; it stays closed until it is opened again."""

        def deed() -> None:
            with self.database.writing() as session:
                self._call_off(session, actor, testimony_id)

        self._say(actor, testimony_id, deed)

    def withdraw_all(self, actor: Actor) -> list[str]:
        """Close all that one tells to everyone else; return what was closed by it.

        One that is damaged, and so closed already, hinders no other.
        """
        if not isinstance(actor, Narrator):
            raise NotHereError
        with self.database.reading() as session:
            rows = testimonies_of(session, actor.narrator_id)
        closed = []
        for row in rows:
            # A delegate finds it too: closing it for someone else is another matter.
            with suppress(NotHereError, DamagedStoryError):
                if not self.wishes.consent(actor, row.testimony_id).withdrawn:
                    self.wishes.withdraw(actor, row.testimony_id)
                    closed.append(row.testimony_id)
        return closed

    def waiting(self) -> dict[str, date]:
        """Return what is to be erased, and until when each can be called off."""
        with self.database.reading() as session:
            found = erasing_days.waiting(session, self.now())
        return {
            each.testimony_id: each.erases_after for each in found if each.erases_after
        }

    def _ask(self, session: Session, actor: Actor, testimony_id: str) -> date:
        now = self.now()
        standing, own = ledger.own_consent(session, actor, testimony_id, now)
        if own.erases_after is not None:
            return own.erases_after
        if len(narrators_of(standing)) > 1:
            raise NotAloneError
        until = erasing_days.last_day(session, now, self.days)
        act = ErasureAsked(until, own.narrator_id)
        ledger.append(session, testimony_id, act, now)
        follow_transcription(session, testimony_id, wanted=False)
        return until

    def _call_off(self, session: Session, actor: Actor, testimony_id: str) -> None:
        now = self.now()
        _, own = ledger.own_consent(session, actor, testimony_id, now)
        if own.erases_after is not None:
            act = ErasureCalledOff(own.narrator_id)
            ledger.append(session, testimony_id, act, now)

    def _say(self, actor: Actor, testimony_id: str, deed: Callable[[], None]) -> None:
        def noted() -> None:
            # A full disk hinders reading too; and nobody else leaves a mark.
            self.wishes.standing(actor, testimony_id)
            with tombstones.noting(self.installation, testimony_id):
                deed()

        self.installation.reserve.spend(noted)
        tombstones.catch_up(self.installation, self.database)
        attest(self.notary)
