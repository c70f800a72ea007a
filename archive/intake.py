"""Makes testimonies of what was sealed and uploaded: keys and record together."""

import hmac
import io
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import ledger
from archive.access import LockedError
from archive.claims import ClaimRecord
from archive.clock import Clock
from archive.database import Database
from archive.holders import narrator_with
from archive.installation import Installation
from archive.keys import Keys
from archive.models.act import ActRow
from archive.models.testimony import Narrator, Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_deposit import DepositError, SealedDeposit
from archive.sealed_objects import SealedBlob, SealedObjects
from archive.settling import NOTICE_VERSION, settling_day
from consent.acts import Given, Notice
from consent.parts import Part
from consent.terms import SILENCE, Terms
from storage.errors import (
    DamagedError,
    HeaderError,
    NoMatchError,
    StorageError,
    UploadBusyError,
)
from storage.identities import KeyIdentity, Recipient
from storage.keyring_entries import (
    Entry,
    claim_digest,
    holders_of,
    open_entry,
    wrap_testimony_key,
)
from storage.mending import CutOff
from storage.outline import outline
from storage.uploads import KeptUpload, Uploads

_ID = b"resguardo/testimony/v2"
_UNTOLD = "application/octet-stream"
_JSON = "application/json"
_MAX_SMALL = 16 << 10
_HOLDERS = 2
# Two deposits of one key at one moment: the second must not overwrite, or destroy, the
# keyring entry of the one that is in. The vault alone takes deposits in.
_ADMITTING = threading.Lock()


@dataclass(frozen=True)
class Intake:
    """Makes testimonies of uploads; sees nothing of what was said."""

    installation: Installation
    database: Database
    objects: SealedObjects
    keys: Keys
    now: Clock

    def accept(self, deposit: SealedDeposit) -> str:
        """Make a testimony of a finished upload, and return its id.

        Asked again it gives the same answer, with the upload gone too: the kiosk keeps
        what is sealed until it has heard it. Raise `DepositError`, `LockedError` (of
        what was cut off), and what uploads raise.
        """
        testimony_id = id_of(deposit.recipient)
        if self._taken_in(testimony_id, deposit):
            return testimony_id
        uploads = self._uploads
        status = uploads.status(deposit.upload)
        if status.length is None or status.offset != status.length:
            raise DepositError("incomplete")
        if not status.length:
            raise DepositError("empty")
        if len(deposit.key) > _MAX_SMALL or len(deposit.description) > _MAX_SMALL:
            raise DepositError("form")
        key, entry = self._key(deposit)
        to_mend = None
        if deposit.cut_off and key is not None:
            to_mend = CutOff(key, deposit.pending)
        try:
            with uploads.taking(deposit.upload, to_mend) as kept, _ADMITTING:
                if not self._taken_in(testimony_id, deposit):
                    self._admit(testimony_id, deposit, entry, kept)
        except (HeaderError, DamagedError, NoMatchError) as error:
            raise DepositError("not-sealed") from error
        return testimony_id

    def _admit(
        self,
        testimony_id: str,
        deposit: SealedDeposit,
        entry: bytes,
        kept: KeptUpload,
    ) -> None:
        """Keep the testimony key for its holders, then record the testimony."""
        described = self._described(deposit.description)
        keyring = self.installation.keys.keyring
        try:
            # The key before the record: a record whose key is missing would be a lie.
            keyring.put(testimony_id, entry)
            with self.database.writing() as session:
                self._record(session, testimony_id, deposit)
                original = SealedBlob(**asdict(kept))
                session.add(original.row(testimony_id, Part.ORIGINAL, 1, _UNTOLD))
                session.add(described.row(testimony_id, Part.DESCRIPTION, 1, _JSON))
                self._give(session, testimony_id, deposit.terms, deposit.language)
        except IntegrityError as error:
            # The same testimony came by another upload; its key stays where it is.
            self.objects.blobs.delete(described.blob_key)
            raise UploadBusyError from error
        except BaseException:
            # A keyring that could not be written to cannot be cleared either.
            with suppress(OSError, StorageError):
                self.objects.blobs.delete(described.blob_key)
            with suppress(OSError, StorageError):
                keyring.destroy(testimony_id)
            raise

    def _taken_in(self, testimony_id: str, deposit: SealedDeposit) -> bool:
        """Say whether this deposit came before; raise `DepositError`.

        Others under the same code are no hindrance: a thief of the tablet knows where
        a waiting deposit will be found, and could be there first.
        """
        acts = select(ActRow.sequence).where(ActRow.testimony_id == testimony_id)
        with self.database.reading() as session:
            known = session.scalar(acts.limit(1)) is not None
            row = session.get(Testimony, testimony_id)
            narrator = None if row is None else session.get(Narrator, row.narrator_id)
        if known and row is None:
            # An erased one leaves acts.
            raise DepositError("erased")
        if narrator is not None and hmac.compare_digest(
            narrator.locator, deposit.locator
        ):
            self._check_kept(testimony_id, deposit)
            return True
        if known:
            raise DepositError("claim")
        return False

    def _check_kept(self, testimony_id: str, deposit: SealedDeposit) -> None:
        """Raise unless what is kept under a deposit's name can be that deposit.

        A thief of the tablet could have brought another key for it while the archive
        was locked; told that all is well, the tablet would forget the right one. Raise
        `LockedError` where only the archive could tell, and `DepositError`.
        """
        try:
            kept = self.installation.keys.keyring.get(testimony_id)
        except StorageError:
            # Lost or damaged since: what the tablet has is the only one.
            raise DepositError("key") from None
        # Only its narrator can have taken the archive's own recipient out.
        if kept == deposit.key or holders_of(kept) != _HOLDERS:
            return
        self._opened(kept, deposit.recipient)

    def _key(self, deposit: SealedDeposit) -> tuple[KeyIdentity | None, bytes]:
        """Return the testimony key, where the archive is open, and the entry to keep.

        Locked, it takes deposits all the same, but none whose key is yet to be wrapped.
        Raise `DepositError`.
        """
        if holders_of(deposit.key) != (1 if deposit.cut_off else _HOLDERS):
            raise DepositError("key")
        try:
            entry, current = self._opened(deposit.key, deposit.recipient)
        except LockedError:
            if deposit.cut_off:
                raise
            return None, deposit.key
        meant = None if deposit.cut_off else claim_digest(deposit.claim)
        if (entry.draft, entry.claim) != (deposit.cut_off, meant):
            raise DepositError("key")
        if current and not deposit.cut_off:
            return entry.key, deposit.key
        return entry.key, wrap_testimony_key(entry.key, [self._archive, deposit.claim])

    def _opened(self, sealed: bytes, recipient: Recipient) -> tuple[Entry, bool]:
        """Open a testimony's entry, and say whether the present identity opened it.

        A tablet may have sealed it to one before, and waited since. Raise
        `LockedError`, and `DepositError` where it is not this testimony's.
        """
        identity, current = self.keys.archive(), True
        try:
            try:
                entry = open_entry(sealed, identity[:1])
            except NoMatchError:
                retired = self.installation.keys.retired.opened(identity)
                entry = open_entry(sealed, (*identity[1:], *retired))
                current = False
        except StorageError as error:
            raise DepositError("key") from error
        if str(entry.key.recipient) != str(recipient):
            raise DepositError("key")
        return entry, current

    def _described(self, sealed: bytes) -> SealedBlob:
        try:
            told = outline(io.BytesIO(sealed))
        except StorageError as error:
            raise DepositError("not-sealed") from error
        return self.objects.keep_sealed(sealed, told)

    @property
    def _uploads(self) -> Uploads:
        return self.installation.uploads

    @property
    def _archive(self) -> Recipient:
        return self.installation.keys.recipient()

    def _record(
        self, session: Session, testimony_id: str, deposit: SealedDeposit
    ) -> None:
        claim = ClaimRecord(deposit.locator, deposit.claim)
        session.add(
            Testimony(
                testimony_id=testimony_id,
                narrator_id=narrator_with(session, claim),
                recipient=str(deposit.recipient),
                arrived_on=self.now().date(),
            )
        )
        session.flush()

    def _give(
        self, session: Session, testimony_id: str, terms: Terms, language: str
    ) -> None:
        session.add(
            TranscriptionJob(
                testimony_id=testimony_id,
                state="waiting",
                done_seconds=0,
                total_seconds=0,
                error_code=None,
            )
        )
        now = self.now()
        hours = self.installation.settings.cooling_off_hours
        settles = settling_day(SILENCE, terms, now.date(), hours)
        notice = Notice(NOTICE_VERSION, language)
        ledger.append(session, testimony_id, Given(terms, notice, settles), now)


def id_of(recipient: Recipient) -> str:
    """Return the id of the testimony that a key is of, from its public half.

    Always the same: an upload that is taken in anew, after a crash or a lost answer,
    makes no second testimony. Nobody who has an id can make a deposit that has it.
    """
    return hmac.digest(str(recipient).encode(), _ID, "sha256").hex()[:32]
