"""Takes a recording in, for the kiosk and for the command line; nothing comes out."""

import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from archive.access import Notarising, Receipt, TakingIn
from archive.attesting import attest
from archive.descriptions import Description
from archive.installation import Installation
from archive.intake import DepositError
from archive.signatures import ENOUGH, is_recording
from archive.streams import prefixed, read_exactly
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS, TRANSCRIBER
from consent.levels import Level
from consent.terms import Permission, Terms
from storage.errors import MissingError
from storage.uploads import (
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
    Uploads,
    UploadStatus,
    UploadTooLargeError,
)

__all__ = [
    "DepositError",
    "Deposits",
    "MissingError",
    "OffsetMismatchError",
    "Receipt",
    "StorageFullError",
    "UploadBusyError",
    "UploadStatus",
    "UploadTooLargeError",
]

_ABANDONED_AFTER = 7 * 24 * 3600.0


class InitialAudience(Enum):
    """Who may listen, as the kiosk asks it."""

    ME = "me"
    CARETAKERS = "caretakers"
    COMMUNITY = "community"
    RESEARCHERS = "researchers"
    PUBLIC = "public"


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
    never = frozenset() if transcription else frozenset({TRANSCRIBER})
    return Terms(permissions=permissions, never=never)


@dataclass(frozen=True)
class Deposits:
    """Resumable uploads, sealed from their first byte, then made testimonies."""

    installation: Installation
    intake: TakingIn
    notary: Notarising

    @property
    def uploads(self) -> Uploads:
        """Return the uploads, as far as they need no key."""
        return self.installation.uploads

    def sweep(self) -> int:
        """Discard uploads that nobody went on with for a week; return how many."""
        return self.uploads.sweep(_ABANDONED_AFTER, time.time())

    def begin(self, length: int | None) -> str:
        """Begin an upload and return its token; `length` may be declared later."""
        return self.intake.begin(length)

    def append(self, token: str, offset: int, body: BinaryIO, size: int | None) -> int:
        """Seal some more of an upload; raise `DepositError` for what is no recording.

        Return the new offset. The first bytes decide, before the rest is read.
        """
        if offset == 0:
            start = read_exactly(body, ENOUGH)
            if len(start) == ENOUGH and not is_recording(start):
                self.uploads.discard(token)
                raise DepositError("not-media")
            body = prefixed(start, body)
        return self.uploads.append(token, offset, body, size)

    def accept_upload(
        self, token: str, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Make a testimony of a finished upload; a lost answer can be asked again."""
        receipt = self.intake.accept_upload(token, terms, description, language)
        attest(self.notary)
        return receipt

    def accept_file(
        self, file: BinaryIO, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Take in an open file, sealing it as it is read."""
        start = read_exactly(file, ENOUGH)
        if not start:
            raise DepositError("empty")
        if not is_recording(start):
            raise DepositError("not-media")
        token = self.begin(None)
        try:
            offset = self.uploads.append(token, 0, prefixed(start, file), None)
            self.uploads.declare_length(token, offset)
            return self.accept_upload(token, terms, description, language)
        except BaseException:
            with suppress(MissingError):
                self.uploads.discard(token)
            raise
