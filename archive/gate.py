"""The one gate: every byte that leaves the archive passes `Gate.release`.

Its methods take ids and plain values and give bytes or a refusal, so that it can
move into a process of its own without its callers noticing.
"""

from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from archive import audit, ledger
from archive.audit import Span
from archive.clock import Clock
from archive.database import Database
from archive.keys import Keys
from archive.models.person import PersonRow
from archive.models.request import RequestRow
from archive.released import Released, ReleasedFile, buffered
from archive.sealed_objects import NothingSealedError, Sealed, SealedObjects
from consent.actors import Actor, Person
from consent.decisions import Decision, Disclosure, Reason, Refusal
from consent.levels import Level
from consent.parts import Part
from consent.rules import decide, disclosed
from storage.errors import StorageError
from storage.unsealing import UnsealingReader, unseal

MAX_RANGE = 1 << 20
"""The most bytes that one release gives: a no reaches a listener within seconds."""


_MADE_FROM = {Part.CAPTIONS: Part.TRANSCRIPT}


class NotHereError(Exception):
    """Unknown, hidden, forbidden and absent alike."""


class RefusedError(NotHereError):
    """The narrator has not opened this; `reason` is for the log and the narrator."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class DamagedPartError(Exception):
    """The sealed bytes are not the ones that were kept."""


@dataclass(frozen=True)
class Gate:
    """Decides, records, then opens; in that order, and nowhere else."""

    database: Database
    objects: SealedObjects
    keys: Keys
    now: Clock

    def release(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        offset: int = 0,
        length: int = MAX_RANGE,
        *,
        listening: str | None = None,
        revision: int | None = None,
    ) -> Released:
        """Return at most `MAX_RANGE` bytes of a part from `offset`.

        `listening` is the asker's session, for the audit. Raise `NotHereError`,
        `LockedError` or `DamagedPartError`.
        """
        decision = self._decide(actor, testimony_id, part)
        sealed = self._sealed(decision, testimony_id, part, revision)
        total = 0 if sealed is None else sealed.plain_size
        end = min(offset + min(length, MAX_RANGE), total)
        audit.record(
            self.database,
            actor,
            testimony_id,
            part,
            decision,
            Span(offset, end, total),
            listening,
            self.now(),
        )
        if decision is None:
            raise NotHereError
        if isinstance(decision, Refusal):
            raise RefusedError(decision.reason)
        if sealed is None:
            raise NotHereError
        data = self._open(testimony_id, sealed, offset, max(end - offset, 0))
        return Released(data, offset, total, sealed.media_type)

    def whole(
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
    ) -> bytes:
        """Return a whole part, range by range, each decided anew."""
        reader = self.open(
            actor, testimony_id, part, listening=listening, revision=revision
        )
        return reader.read()

    def open(
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
    ) -> BinaryIO:
        """Return a seekable file whose every read is a release of its own."""

        def release(offset: int, length: int) -> Released:
            return self.release(
                actor,
                testimony_id,
                part,
                offset,
                length,
                listening=listening,
                revision=revision,
            )

        return buffered(ReleasedFile(release))

    def disclosure(self, actor: Actor, testimony_id: str) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`."""
        now = self.now()
        with self.database.reading() as session:
            try:
                standing = ledger.standing_of(session, testimony_id, now)
            except ledger.NoSuchTestimonyError:
                raise NotHereError from None
        found = disclosed(standing, actor, now)
        if found.level is Level.NOTHING:
            raise NotHereError
        return found

    def visible(self, actor: Actor) -> list[tuple[str, Disclosure]]:
        """List what an actor may know of, newest first, by the same rule as for one."""
        now = self.now()
        with self.database.reading() as session:
            standings = ledger.standings(session, now)
        found = ((s.testimony_id, disclosed(s, actor, now)) for s in standings)
        return [(i, d) for i, d in found if d.level > Level.NOTHING]

    def card(self, actor: Actor, person_id: str) -> bytes:
        """Return who an account belongs to: for caretakers and for that person."""
        if not isinstance(actor, Person) or not (
            actor.caretaker or actor.person_id == person_id
        ):
            raise NotHereError
        return self._card(person_id)

    def card_for_narrator(
        self, actor: Actor, testimony_id: str, person_id: str
    ) -> bytes:
        """Return who someone is that asked for, or listened to, one's testimony."""
        self._as_narrator(actor, testimony_id)
        with self.database.reading() as session:
            listened = {
                entry.person_id
                for entry in audit.listens_of(session, testimony_id)
                if entry.released
            }
            asked = session.scalars(
                select(RequestRow.person_id).where(
                    RequestRow.testimony_id == testimony_id
                )
            )
            came_near = listened.union(asked)
        if person_id not in came_near:
            raise NotHereError
        return self._card(person_id)

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator who is asked."""
        with self.database.reading() as session:
            row = session.get(RequestRow, request_id)
        if row is None:
            raise NotHereError
        self._as_narrator(actor, row.testimony_id)
        return unseal(row.purpose, [self.keys.testimony(row.testimony_id)])

    def _decide(self, actor: Actor, testimony_id: str, part: Part) -> Decision | None:
        now = self.now()
        with self.database.reading() as session:
            try:
                standing = ledger.standing_of(session, testimony_id, now)
            except ledger.NoSuchTestimonyError:
                return None
        return decide(standing, actor, part, now)

    def _sealed(
        self,
        decision: Decision | None,
        testimony_id: str,
        part: Part,
        revision: int | None,
    ) -> Sealed | None:
        if decision is None or isinstance(decision, Refusal):
            return None
        source = _MADE_FROM.get(part, part)
        try:
            return self.objects.newest(testimony_id, source, revision)
        except NothingSealedError:
            return None

    def _open(
        self, testimony_id: str, sealed: Sealed, offset: int, length: int
    ) -> bytes:
        identity = self.keys.testimony(testimony_id)
        try:
            with self.objects.blobs.open(sealed.blob_key) as blob:
                reader = UnsealingReader(blob, [identity])
                # age says nothing of who sealed a file, or as what: the pin does.
                if reader.pin != sealed.pin:
                    raise DamagedPartError
                reader.seek(offset)
                return reader.read(length)
        except StorageError as error:
            raise DamagedPartError from error

    def _card(self, person_id: str) -> bytes:
        with self.database.reading() as session:
            row = session.get(PersonRow, person_id)
        if row is None:
            raise NotHereError
        return unseal(row.card, self.keys.archive())

    def _as_narrator(self, actor: Actor, testimony_id: str) -> None:
        if Reason.NARRATOR not in self.disclosure(actor, testimony_id).reasons:
            raise NotHereError
