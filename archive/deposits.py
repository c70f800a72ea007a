"""Takes a testimony in; nothing comes out of here."""

import io
import secrets
import time
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import BinaryIO, cast

from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from archive import ledger
from archive.claims import ClaimSecret, derive, new_claim_code
from archive.clock import Clock
from archive.database import Database
from archive.descriptions import Description
from archive.installation import Installation
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import SealedObjects
from archive.signatures import ENOUGH, is_recording
from consent.acts import Given, Notice
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS
from consent.levels import Level
from consent.parts import Part
from consent.terms import SILENCE, Permission, Terms
from consent.widening import widens_slowly
from storage.errors import MissingError
from storage.uploads import (
    JoinedUpload,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
    Uploads,
    UploadStatus,
    UploadTooLargeError,
)

__all__ = [
    "Deposits",
    "MissingError",
    "OffsetMismatchError",
    "StorageFullError",
    "UploadBusyError",
    "UploadStatus",
    "UploadTooLargeError",
]

NOTICE_VERSION = "2026-11"
"""The version of the words that narrators are shown before they deposit."""

_COPY_CHUNK = 1 << 20
_ABANDONED_AFTER = 7 * 24 * 3600.0
_UNTOLD = "application/octet-stream"


class InitialAudience(Enum):
    """Who may listen, as the kiosk asks it."""

    ME = "me"
    CARETAKERS = "caretakers"
    COMMUNITY = "community"
    RESEARCHERS = "researchers"
    PUBLIC = "public"


class DepositError(Exception):
    """The deposit cannot be taken in; `code` is `empty`, `incomplete`, `not-media`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Receipt:
    """What the narrator leaves with; the code is shown once and kept nowhere."""

    testimony_id: str
    claim_code: str


def initial_terms(audience: InitialAudience, *, transcription: bool) -> Terms:
    """Return the terms that the kiosk's one question stands for."""
    heard = Permission(level=Level.VOICE)
    permissions = {
        InitialAudience.ME: {},
        InitialAudience.CARETAKERS: {CARETAKERS: heard},
        InitialAudience.COMMUNITY: {COMMUNITY: heard},
        InitialAudience.RESEARCHERS: {
            RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)
        },
        InitialAudience.PUBLIC: {PUBLIC: heard},
    }[audience]
    return Terms(permissions=permissions, transcription=transcription)


def settling_day(before: Terms, after: Terms, now: date, hours: int) -> date | None:
    """Return from which day a change holds in full; `None` means at once.

    The ledger keeps days only, so the wait is rounded up to the next midnight.
    """
    if not hours or not widens_slowly(before, after):
        return None
    return now + timedelta(days=-(-hours // 24) + 1)


@dataclass(frozen=True)
class Deposits:
    """The way in, for the kiosk and for the command line."""

    installation: Installation
    database: Database
    objects: SealedObjects
    now: Clock

    @property
    def uploads(self) -> Uploads:
        """Return the resumable uploads, sealed from their first byte."""
        return Uploads(
            self.installation.uploads_folder,
            self.installation.blobs,
            self.installation.keys.recipient(),
            self.installation.settings.max_upload_bytes,
        )

    def sweep(self) -> int:
        """Discard uploads that nobody went on with for a week; return how many."""
        return self.uploads.sweep(_ABANDONED_AFTER, time.time())

    def append(self, token: str, offset: int, body: BinaryIO, size: int | None) -> int:
        """Seal some more of an upload; raise `DepositError` for what is no recording.

        Return the new offset. The first bytes decide, before the rest is read.
        """
        if offset == 0:
            start = _read_exactly(body, ENOUGH)
            if len(start) == ENOUGH and not is_recording(start):
                self.uploads.discard(token)
                raise DepositError("not-media")
            body = _prefixed(start, body)
        return self.uploads.append(token, offset, body, size)

    def accept_upload(
        self,
        token: str,
        terms: Terms,
        description: Description,
        language: str,
    ) -> Receipt:
        """Make a testimony of a finished upload; a lost answer can be asked again."""
        status = self.uploads.status(token)
        if status.length is None or status.offset != status.length:
            raise DepositError("incomplete")
        if not status.length:
            raise DepositError("empty")
        if status.length < ENOUGH:
            raise DepositError("not-media")
        joined = self.uploads.join(token)
        try:
            receipt = self._admit(joined, terms, description, language)
        except IntegrityError as error:
            # The same upload, sent twice at once: one of the two becomes a testimony.
            raise UploadBusyError from error
        self.uploads.discard(token)
        return receipt

    def accept_file(
        self, file: BinaryIO, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Take in an open file, sealing it as it is read."""
        start = _read_exactly(file, ENOUGH)
        if not start:
            raise DepositError("empty")
        if not is_recording(start):
            raise DepositError("not-media")
        body = _prefixed(start, file)
        uploads = self.uploads
        token = uploads.create(None)
        try:
            offset = uploads.append(token, 0, body, None)
            uploads.declare_length(token, offset)
            joined = uploads.join(token)
            receipt = self._admit(joined, terms, description, language)
        except BaseException:
            uploads.discard(token)
            raise
        uploads.discard(token)
        return receipt

    def _admit(
        self,
        joined: JoinedUpload,
        terms: Terms,
        description: Description,
        language: str,
    ) -> Receipt:
        testimony_id, code = secrets.token_hex(16), new_claim_code(language)
        claim = derive(code, self.installation.claim_salt)
        # The key before the record: a record whose key is missing would be a lie.
        self.installation.keys.admit(
            testimony_id, joined.testimony_identity, claim.identity.recipient
        )
        try:
            self._record(testimony_id, joined, claim, terms, language)
        except BaseException:
            self.installation.keys.keyring.destroy(testimony_id)
            raise
        self.objects.add(
            testimony_id, Part.DESCRIPTION, description.to_json(), "application/json"
        )
        return Receipt(testimony_id, code)

    def _record(
        self,
        testimony_id: str,
        joined: JoinedUpload,
        claim: ClaimSecret,
        terms: Terms,
        language: str,
    ) -> None:
        now, narrator_id = self.now(), secrets.token_hex(16)
        hours = self.installation.settings.cooling_off_hours
        settles = settling_day(SILENCE, terms, now.date(), hours)
        with self.database.writing() as session:
            session.add(
                Narrator(
                    narrator_id=narrator_id,
                    locator=claim.locator,
                    recipient=str(claim.identity.recipient),
                )
            )
            session.flush()
            session.add(
                Testimony(
                    testimony_id=testimony_id,
                    narrator_id=narrator_id,
                    recipient=str(joined.testimony_identity.recipient),
                    arrived_on=now.date(),
                )
            )
            session.flush()
            session.add(
                SealedObject(
                    testimony_id=testimony_id,
                    part=Part.ORIGINAL.value,
                    revision=1,
                    blob_key=joined.blob_key,
                    plain_size=joined.plain_size,
                    sealed_size=joined.sealed_size,
                    digest=joined.digest,
                    pin=joined.pin,
                    media_type=_UNTOLD,
                )
            )
            session.add(
                TranscriptionJob(
                    testimony_id=testimony_id,
                    state="waiting",
                    done_seconds=0,
                    total_seconds=0,
                    error_code=None,
                )
            )
            notice = Notice(NOTICE_VERSION, language)
            ledger.append(session, testimony_id, Given(terms, notice, settles), now)


class _Prefixed(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = start
        self._rest = rest

    @override
    def readable(self) -> bool:
        return True

    @override
    def read(self, size: int = -1, /) -> bytes:
        if not self._start:
            return self._rest.read(size if size >= 0 else _COPY_CHUNK)
        given = self._start if size < 0 else self._start[:size]
        self._start = self._start[len(given) :]
        return given


def _prefixed(start: bytes, rest: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", _Prefixed(start, rest))


def _read_exactly(body: BinaryIO, size: int) -> bytes:
    found = b""
    while len(found) < size and (more := body.read(size - len(found))):
        found += more
    return found
