"""The one gate: every byte that leaves the archive passes `Gate.release`.

Its methods take ids and plain values and give bytes or a refusal, so that it can
move into a process of its own without its callers noticing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from typing_extensions import override

from archive import audit, ledger
from archive.access import (
    MAX_RANGE,
    DamagedPartError,
    DamagedStoryError,
    NotHereError,
    RefusedError,
    VaultUnavailableError,
)
from archive.audit import Span
from archive.clock import Clock
from archive.database import Database
from archive.keys import Keys
from archive.leases import SECONDS, Asked, Basis, Lease, Leases
from archive.models.act import ActRow
from archive.models.person import PersonRow
from archive.models.request import RequestRow
from archive.questions import answerable
from archive.released import Readable, Released
from archive.sealed_objects import NothingSealedError, Sealed, SealedObjects
from archive.survey import Survey
from archive.withholding import is_cut, left_of, may_choose
from consent.actors import Actor, Person, Renderer, Transcriber
from consent.decisions import Decision, Disclosure, Reason, Refusal, Release
from consent.levels import Level
from consent.parts import MADE_FROM, MADE_ON_THE_WAY, Part
from consent.rules import decide, disclosed
from consent.standing import Standing
from storage.errors import (
    BadKeyError,
    MissingError,
    NoMatchError,
    StorageError,
    StoreUnavailableError,
)
from storage.identities import Identity
from storage.unsealing import UnsealingReader, unseal
from transcription.errors import FormatError

_LEASED = {Part.AUDIO, Part.ALTERED_AUDIO, Part.ORIGINAL}


@dataclass(frozen=True)
class Gate(Readable):
    """Decides, records, then opens; in that order, and nowhere else."""

    database: Database
    objects: SealedObjects
    keys: Keys
    now: Clock
    leases: Leases = field(default_factory=Leases)
    survey: Survey = field(default_factory=Survey)

    @override
    def release(
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
        `LockedError`, `DamagedPartError` or, for all of it, `DamagedStoryError`.
        """
        asked = (actor, testimony_id, part, revision)
        basis = self._basis(testimony_id)
        lease = self.leases.find(asked, basis, self.now())
        decision = lease.release if lease else self._decide(*asked)
        sealed = lease.sealed if lease else self._sealed(decision, *asked[1:])
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
        if isinstance(decision, Refusal) and decision.known:
            raise RefusedError(decision.reason)
        if not isinstance(decision, Release) or sealed is None:
            # Even the reason would say that there is something.
            raise NotHereError
        size = max(end - offset, 0)
        try:
            lease = lease or self._lease(asked, decision, sealed, basis)
            if is_cut(decision):
                left = left_of(lease.read(0, total), decision)
                data, total = left[offset : offset + MAX_RANGE][:length], len(left)
            else:
                data = lease.read(offset, size) if size else b""
        except StoreUnavailableError as error:
            raise VaultUnavailableError from error
        except (StorageError, FormatError) as error:
            raise DamagedPartError from error
        return Released(data, offset, total, sealed.media_type, sealed.revision)

    def disclosure(self, actor: Actor, testimony_id: str) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`."""
        now = self.now()
        with self.database.reading() as session:
            standing = ledger.standing_for(session, actor, testimony_id, now)
        found = disclosed(standing, actor, now)
        if found.level is Level.NOTHING or self._left_out(standing, actor, found):
            raise NotHereError
        return found

    def visible(self, actor: Actor) -> list[tuple[str, Disclosure]]:
        """List what an actor may know of, newest first, by the same rule as for one."""
        now = self.now()
        with self.database.reading() as session:
            if not isinstance(actor, Renderer | Transcriber):
                return self.survey.visible(session, self.keys.folder, actor, now)
            # Machines go from job to job and list nothing: for them nothing is kept.
            standings = ledger.standings(session, now)
        found = ((each, disclosed(each, actor, now)) for each in standings)
        return [
            (standing.testimony_id, disclosure)
            for standing, disclosure in found
            if disclosure.level > Level.NOTHING
            and not self._left_out(standing, actor, disclosure)
        ]

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

    def who_asks(self, actor: Actor, request_id: str) -> bytes:
        """Return who asks, to the narrator who is asked or to whom it was left."""
        return self._card(self._answerable(actor, request_id).person_id)

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator or to whom it was left."""
        row = self._answerable(actor, request_id)
        key = self.keys.testimony(row.testimony_id, actor)
        return _unsealed(row.purpose, [key])

    def _answerable(self, actor: Actor, request_id: str) -> RequestRow:
        with self.database.reading() as session:
            return answerable(session, actor, request_id, self.now())

    def _decide(
        self, actor: Actor, testimony_id: str, part: Part, revision: int | None
    ) -> Decision | None:
        now = self.now()
        with self.database.reading() as session:
            try:
                standing = ledger.standing_for(session, actor, testimony_id, now)
            except NotHereError:
                return None
        decision = decide(standing, actor, part, now)
        if isinstance(decision, Refusal) and not decision.known:
            return decision
        # To whom it is left out, a part that they may not have is not there either.
        if self._left_out(standing, actor, disclosed(standing, actor, now)):
            return Refusal(Reason.NOT_OPENED)
        if isinstance(decision, Release) and not may_choose(decision, revision):
            return Refusal(Reason.NOT_OPENED, known=True)
        return decision

    def _left_out(
        self, standing: Standing, actor: Actor, disclosure: Disclosure
    ) -> bool:
        """Say whether only its narrators could open it, and this is someone else."""
        if Reason.NARRATOR in disclosure.reasons:
            return False
        try:
            holders = self.keys.folder.holders(standing.testimony_id)
        except DamagedStoryError:
            if isinstance(actor, Renderer | Transcriber):
                # A machine's job is to fail, not to be taken for refused.
                raise
            return True
        narrators = sum(not each.left for each in standing.consents)
        return holders <= narrators

    def _basis(self, testimony_id: str) -> Basis:
        with self.database.reading() as session:
            last = session.scalar(
                select(func.max(ActRow.sequence)).where(
                    ActRow.testimony_id == testimony_id
                )
            )
        try:
            entry = self.keys.folder.keyring.version(testimony_id)
        except (MissingError, BadKeyError):
            entry = (0, 0)
        return (-1 if last is None else last, *entry)

    def _sealed(
        self,
        decision: Decision | None,
        testimony_id: str,
        part: Part,
        revision: int | None,
    ) -> Sealed | None:
        if decision is None or isinstance(decision, Refusal):
            return None
        source = MADE_FROM[part] if part in MADE_ON_THE_WAY else part
        chosen = decision.revision if revision is None else revision
        try:
            return self.objects.newest(testimony_id, source or part, chosen)
        except NothingSealedError:
            return None

    def _lease(
        self, asked: Asked, release: Release, sealed: Sealed, basis: Basis
    ) -> Lease:
        actor, testimony_id, part, _ = asked
        own = Reason.NARRATOR in release.disclosure.reasons
        identity = self.keys.testimony(testimony_id, actor, own=own)
        blob = self.objects.blobs.open(sealed.blob_key)
        try:
            reader = UnsealingReader(blob, [identity])
            # age says nothing of who sealed a file, or as what: the pin does.
            if reader.pin != sealed.pin:
                raise DamagedPartError
        except BaseException:
            blob.close()
            raise
        lease = Lease(
            release=release,
            sealed=sealed,
            reader=reader,
            blob=blob,
            basis=basis,
            granted=self.now(),
            until=time.monotonic() + SECONDS,
            valid_until=release.disclosure.valid_until,
        )
        if part in _LEASED:
            self.leases.keep(asked, lease)
        return lease

    def _card(self, person_id: str) -> bytes:
        with self.database.reading() as session:
            row = session.get(PersonRow, person_id)
        if row is None:
            raise NotHereError
        return _unsealed(row.card, self.keys.archive())

    def _as_narrator(self, actor: Actor, testimony_id: str) -> None:
        if Reason.NARRATOR not in self.disclosure(actor, testimony_id).reasons:
            raise NotHereError


def _unsealed(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    try:
        return unseal(sealed, identities)
    except NoMatchError:
        raise
    except StorageError as error:
        raise DamagedPartError from error
