"""The one gate: every byte that leaves the archive passes `Gate.release`.

Its methods take ids and plain values and give bytes or a refusal, so that it can
move into a process of its own without its callers noticing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

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
from archive.copies_given import CopiesGiven
from archive.cut_copies import copy_named
from archive.database import Database
from archive.introductions import Introductions
from archive.keys import Keys
from archive.leases import SECONDS, Asked, Basis, Lease, Leases
from archive.models.act import ActRow
from archive.released import Readable, Released
from archive.sealed_objects import NothingSealedError, Sealed, SealedObjects
from archive.survey import Survey
from archive.views import SeenBy, View
from archive.withholding import is_cut, left_of, may_choose
from consent.actors import Actor, Renderer, Transcriber, imagined
from consent.decisions import Decision, Disclosure, Reason, Refusal, Release
from consent.levels import Level
from consent.parts import (
    CUT_BEFOREHAND,
    MADE_FROM,
    MADE_ON_THE_WAY,
    Part,
)
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
class Gate(Readable, Introductions):
    """Decides, records, then opens; in that order, and nowhere else."""

    database: Database
    objects: SealedObjects
    keys: Keys
    now: Clock
    leases: Leases = field(default_factory=Leases)
    survey: Survey = field(default_factory=Survey)

    @cached_property
    def _copies(self) -> CopiesGiven:
        return CopiesGiven(self.database, self.objects)

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
        view: View | None = None,
    ) -> Released:
        """Return at most `MAX_RANGE` bytes of a part from `offset`.

        `listening` is the asker's session, for the audit; `view` is how a narrator
        looks at their own. Raise `NotHereError`, `LockedError`, `DamagedPartError` or,
        for all of it, `DamagedStoryError`.
        """
        asked = (actor, testimony_id, part, revision, view)
        basis = self._basis(testimony_id)
        lease = self.leases.find(asked, basis, self.now())
        decision = lease.release if lease else self._answer(asked)
        sealed = lease.sealed if lease else self._sealed(decision, *asked[1:4])
        if sealed is None and isinstance(decision, Release) and decision.holes:
            decision = self._copies.to_be_made(decision)
        total = 0 if sealed is None else sealed.plain_size
        end = min(offset + min(length, MAX_RANGE), total)
        if view is None:
            # A view shows narrators their own; to anyone else it is not there.
            audit.record(
                self.database,
                actor,
                testimony_id,
                part,
                decision,
                self._copies.heard(testimony_id, Span(offset, end, total), sealed),
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
                cuts = self._copies.cuts_with(decision)
                left = left_of(lease.read(0, total), decision, cuts)
                data, total = left[offset : offset + MAX_RANGE][:length], len(left)
            else:
                data = lease.read(offset, size) if size else b""
        except StoreUnavailableError as error:
            raise VaultUnavailableError from error
        except (StorageError, FormatError) as error:
            raise DamagedPartError from error
        return Released(data, offset, total, sealed.media_type, sealed.revision)

    def disclosure(
        self, actor: Actor, testimony_id: str, seen_by: SeenBy | None = None
    ) -> Disclosure:
        """Say how far a testimony is open, or raise `NotHereError`.

        `seen_by`: to whom, where its narrator asks that.
        """
        if seen_by is not None:
            self._as_narrator(actor, testimony_id)
            actor = imagined(seen_by.audience, self.now())
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

    def _answer(self, asked: Asked) -> Decision | None:
        """Decide for whoever asks or, if that is its narrator, for whom they name."""
        actor, testimony_id, part, revision, view = asked
        decision = self._decide(actor, testimony_id, part, revision)
        if view is None:
            return decision
        own = isinstance(decision, Release) and _own(decision.disclosure)
        if not isinstance(decision, Release) or not own:
            return None
        if isinstance(view, SeenBy):
            seen_by = imagined(view.audience, self.now())
            return self._decide(seen_by, testimony_id, part, None)
        # Who may hear all of it may hear any copy of it.
        holed = part in CUT_BEFOREHAND and view.holes
        return replace(decision, holes=view.holes) if holed else None

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
        if _own(disclosure):
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
        holes = copy_named(part, decision.holes)
        try:
            return self.objects.newest(testimony_id, source or part, chosen, holes)
        except NothingSealedError:
            return None

    def _lease(
        self, asked: Asked, release: Release, sealed: Sealed, basis: Basis
    ) -> Lease:
        actor, testimony_id, part, _, view = asked
        own = view is not None or _own(release.disclosure)
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

    @override
    def _as_narrator(self, actor: Actor, testimony_id: str) -> None:
        if not _own(self.disclosure(actor, testimony_id)):
            raise NotHereError

    @override
    def _unsealed(self, sealed: bytes, identities: Sequence[Identity]) -> bytes:
        try:
            return unseal(sealed, identities)
        except NoMatchError:
            raise
        except StorageError as error:
            raise DamagedPartError from error


def _own(disclosure: Disclosure) -> bool:
    return Reason.NARRATOR in disclosure.reasons
