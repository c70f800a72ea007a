"""Takes a recording in, for the kiosk and for the command line; nothing comes out."""

import io
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from archive.access import Notarising, Receipt, TakingIn
from archive.attesting import attest
from archive.claims import new_claim_code
from archive.descriptions import Description
from archive.entrance import stretched
from archive.installation import Installation
from archive.sealed_deposit import DepositError, SealedDeposit
from archive.signatures import ENOUGH, is_recording
from archive.streams import prefixed, read_exactly
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS, TRANSCRIBER
from consent.levels import Level
from consent.terms import Permission, Terms
from storage.errors import (
    HeaderError,
    MissingError,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
    UploadTooLargeError,
)
from storage.identities import HybridIdentity
from storage.keyring_entries import wrap_first
from storage.sealing import SealingWriter, seal
from storage.uploads import Uploads, UploadStatus

__all__ = [
    "DepositError",
    "Deposits",
    "MissingError",
    "OffsetMismatchError",
    "Receipt",
    "SealedDeposit",
    "StorageFullError",
    "UploadBusyError",
    "UploadStatus",
    "UploadTooLargeError",
]

_ABANDONED_AFTER = 7 * 24 * 3600.0
_BLOCK = 1 << 20


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
    """Resumable uploads of what is sealed already, then made testimonies."""

    installation: Installation
    intake: TakingIn
    notary: Notarising

    @property
    def uploads(self) -> Uploads:
        """Return the uploads."""
        return self.installation.uploads

    def sweep(self) -> int:
        """Discard uploads that nobody went on with for a week; return how many."""
        return self.uploads.sweep(_ABANDONED_AFTER, time.time())

    def append(self, token: str, offset: int, body: BinaryIO, size: int | None) -> int:
        """Take some more of an upload; raise `DepositError` for what is not sealed.

        Return the new offset.
        """
        try:
            return self.uploads.append(token, offset, body, size)
        except HeaderError as error:
            raise DepositError("not-sealed") from error

    def accept(self, deposit: SealedDeposit) -> str:
        """Make a testimony of a finished upload; a lost answer can be asked again."""
        testimony_id = self.intake.accept(deposit)
        attest(self.notary)
        return testimony_id

    def accept_file(
        self, file: BinaryIO, terms: Terms, description: Description, language: str
    ) -> Receipt:
        """Take in an open file as a kiosk would, sealing it as it is read."""
        start = read_exactly(file, ENOUGH)
        if not start:
            raise DepositError("empty")
        if not is_recording(start):
            raise DepositError("not-media")
        key = HybridIdentity.generate()
        code = new_claim_code(language)
        claim = stretched(code, self.installation.claim_salt)
        archive = self.installation.keys.recipient()
        token = self.uploads.create(None)
        try:
            self._seal(token, prefixed(start, file), key)
            testimony_id = self.accept(
                SealedDeposit(
                    upload=token,
                    recipient=key.recipient,
                    key=wrap_first(key, archive, claim.identity.recipient),
                    locator=claim.locator,
                    claim=claim.identity.recipient,
                    description=seal(description.to_json(), [key.recipient]),
                    terms=terms,
                    language=language,
                )
            )
        except BaseException:
            with suppress(MissingError):
                self.uploads.discard(token)
            raise
        return Receipt(testimony_id, code)

    def _seal(self, token: str, file: BinaryIO, key: HybridIdentity) -> None:
        sink = _Appending(self.uploads, token)
        writer = SealingWriter(sink, [key.recipient])
        while block := file.read(_BLOCK):
            writer.write(block)
        writer.close()
        self.uploads.declare_length(token, sink.offset)


class _Appending:
    """An upload as a place to write to."""

    def __init__(self, uploads: Uploads, token: str) -> None:
        self._uploads = uploads
        self._token = token
        self.offset = 0

    def write(self, sealed: memoryview, /) -> int:
        body = io.BytesIO(sealed)
        self.offset = self._uploads.append(self._token, self.offset, body, len(sealed))
        return len(sealed)
