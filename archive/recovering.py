"""A way back for whoever lost their code, if they chose one beforehand.

It takes two, and time: the person whom the narrator named asks, a caretaker says so
too, and for some days whoever has the old code can stop it. What the archive cannot
open, nobody brings back.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive import ledger
from archive.access import (
    DamagedStoryError,
    LockedError,
    NotHereError,
    SessionKeeping,
)
from archive.claims import new_claim_code
from archive.clock import Clock
from archive.database import Database
from archive.entrance import stretched
from archive.freezes import check_none_frozen, freeze_of
from archive.holders import add_narrator, holder_row, involve, testimonies_of
from archive.installation import Installation
from archive.keepers import Recovery
from archive.keys import Keys, check_words
from archive.leases import Leases
from archive.models.testimony import Narrator as NarratorRow
from archive.recorded_time import known_today
from archive.recovery_files import RecoveryFile, RecoveryFiles
from archive.wrapping import Wrapping
from consent.actors import Actor, Anyone, Narrator, Person
from consent.powers import holder_of


@dataclass(frozen=True)
class KeyRecovery:
    """Gives a new code in place of a lost one; for anyone else there is none."""

    installation: Installation
    database: Database
    sessions: SessionKeeping
    keys: Keys
    leases: Leases
    now: Clock

    def choose(
        self, actor: Actor, testimony_id: str, holder: str, language: str
    ) -> str:
        """Name whom one trusts with it; without a `holder`, return a code for them.

        It counts for all that one's code opens now.
        """
        own = self._own(actor, testimony_id)
        check_words(own)
        with self.database.reading() as session:
            # Whoever is given a way to it could open it.
            check_none_frozen(session, own.narrator_id, self.now())
        opened = self._opened_by(actor, own.narrator_id)
        code = "" if holder else new_claim_code(language)
        claim = stretched(code, self.installation.claim_salt) if code else None
        with self.database.writing() as session:
            if claim is not None:
                holder = f"narrator:{add_narrator(session, claim.record)}"
            if holder == holder_of(own) or not holder_row(session, holder):
                raise NotHereError
            involve(session, testimony_id, holder)
        self._files.forget(own.narrator_id)
        self._files.keep(
            RecoveryFile(
                recovery_id=secrets.token_hex(16),
                narrator_id=own.narrator_id,
                holder=holder,
                testimonies=opened,
                chosen_on=self._today,
            )
        )
        return code

    def chosen(self, actor: Actor, testimony_id: str) -> Recovery | None:
        """Return what oneself chose, or nothing."""
        found = self._files.of(self._own(actor, testimony_id).narrator_id)
        return None if found is None else self._told(found)

    def end(self, actor: Actor, testimony_id: str) -> None:
        """Choose that there is no way back."""
        self._files.forget(self._own(actor, testimony_id).narrator_id)

    def stop(self, actor: Actor, testimony_id: str) -> None:
        """Stop what was begun: the code is not lost."""
        found = self._files.of(self._own(actor, testimony_id).narrator_id)
        if found is not None:
            self._files.keep(replace(found, asked_on=None, confirmed_on=None))

    def in_hand(self, actor: Actor) -> list[Recovery]:
        """Return what one may ask for, or, as a caretaker, what was asked."""
        return [
            self._told(each)
            for each in self._files.all()
            if _is_trusted(actor, each)
            or (_may_confirm(actor, each) and each.asked_on is not None)
        ]

    def ask(self, actor: Actor, recovery_id: str) -> None:
        """Say that its narrator lost their code."""
        found = self._of_trusted(actor, recovery_id)
        if found.asked_on is None:
            self._files.keep(replace(found, asked_on=self._known_today()))

    def confirm(self, actor: Actor, recovery_id: str) -> None:
        """Say so too, as a caretaker who is someone else."""
        found = self._files.get(recovery_id)
        if found is None or found.asked_on is None or not _may_confirm(actor, found):
            raise NotHereError
        if found.confirmed_on is None:
            self._files.keep(replace(found, confirmed_on=self._known_today()))

    def renew(self, actor: Actor, recovery_id: str, language: str) -> str:
        """Make the new code, once its time has come, and return it; the old one ends.

        Raise `LockedError` where the archive opens none of it.
        """
        found = self._of_trusted(actor, recovery_id)
        ready = self._ready_on(found)
        if ready is None or self._today < ready:
            raise NotHereError
        within = [each for each in found.testimonies if self._archive_opens(each)]
        if not within:
            raise LockedError
        code = new_claim_code(language)
        record = stretched(code, self.installation.claim_salt).record
        with self.database.writing() as session:
            row = session.get(NarratorRow, found.narrator_id)
            if row is None or not row.sound:
                raise NotHereError
            row.locator, row.recipient = record.locator, str(record.recipient)
        # Until all is wrapped the file stays: broken off here, it is asked for again.
        for testimony_id in within:
            self._wrap(testimony_id)
        self.sessions.end_all(found.narrator_id)
        self.installation.keys.forget(found.narrator_id)
        return code

    def _wrap(self, testimony_id: str) -> None:
        wrapping = Wrapping(self.installation, self.database, self.keys, self.now)
        archive = self.installation.keys.recipient
        wrapping.anew(Anyone(), testimony_id, lambda claims, _: [archive(), *claims])
        self.leases.end_of(testimony_id)

    def _opened_by(self, actor: Actor, narrator_id: str) -> tuple[str, ...]:
        """Return what a narrator's own code opens: rows can be made to say more."""
        with self.database.reading() as session:
            ids = [each.testimony_id for each in testimonies_of(session, narrator_id)]
        return tuple(each for each in ids if self._opens(actor, each))

    def _archive_opens(self, testimony_id: str) -> bool:
        return self._opens(Anyone(), testimony_id)

    def _opens(self, actor: Actor, testimony_id: str) -> bool:
        try:
            self.keys.testimony(testimony_id, actor, own=True)
        except (LockedError, DamagedStoryError):
            return False
        return True

    def _own(self, actor: Actor, testimony_id: str) -> Narrator:
        with self.database.reading() as session:
            ledger.own_consent(session, actor, testimony_id, self.now())
        if not isinstance(actor, Narrator):
            raise NotHereError
        return actor

    def _of_trusted(self, actor: Actor, recovery_id: str) -> RecoveryFile:
        found = self._files.get(recovery_id)
        if found is None or not _is_trusted(actor, found):
            raise NotHereError
        return found

    def _told(self, file: RecoveryFile) -> Recovery:
        ready = self._ready_on(file)
        return Recovery(
            recovery_id=file.recovery_id,
            chosen_on=file.chosen_on,
            asked_on=file.asked_on,
            confirmed_on=file.confirmed_on,
            ready_on=ready,
            is_ready=ready is not None and self._today >= ready,
        )

    def _ready_on(self, file: RecoveryFile) -> date | None:
        if file.asked_on is None or file.confirmed_on is None:
            return None
        days = self.installation.settings.recovery_days
        ready = max(file.asked_on, file.confirmed_on) + timedelta(days)
        with self.database.reading() as session:
            frozen = freeze_of(session, file.narrator_id, self.now())
        return ready if frozen is None else max(ready, frozen.date())

    def _known_today(self) -> date:
        with self.database.reading() as session:
            return known_today(session, self.now())

    @property
    def _today(self) -> date:
        return self.now().date()

    @property
    def _files(self) -> RecoveryFiles:
        return self.installation.keys.recoveries


def _is_trusted(actor: Actor, file: RecoveryFile) -> bool:
    return bool(holder_of(actor)) and holder_of(actor) == file.holder


def _may_confirm(actor: Actor, file: RecoveryFile) -> bool:
    # It takes two: who was named cannot be the caretaker as well.
    caretaker = isinstance(actor, Person) and actor.caretaker
    return caretaker and not _is_trusted(actor, file)
