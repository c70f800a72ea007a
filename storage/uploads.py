"""Resumable uploads, sealed from their first byte.

Each upload has a testimony key of its own from the start. Its parts are complete age
files to that key; the key itself is kept wrapped for an identity derived from the
upload's token, which only the client knows. So what lies on the disk of a half-filled
upload opens for nobody who merely has the disk; and a copy of the disk made meanwhile
opens nothing of what is erased later, not even for the archive identity.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.blobs import Blobs
from storage.durable import (
    destroy_file,
    full_disk_named,
    sync_folder,
    write_durably,
)
from storage.errors import (
    DamagedError,
    MissingError,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
    UploadTooLargeError,
)
from storage.identities import (
    HybridIdentity,
    KeyIdentity,
    parse_recipient,
)
from storage.keyring import unwrap_testimony_key, wrap_testimony_key
from storage.reading import read_in_order
from storage.sealing import SealingWriter
from storage.upload_parts import PART_SIZE, append_part, more_in, parts_in, span_of

__all__ = [
    "PART_SIZE",
    "JoinedUpload",
    "OffsetMismatchError",
    "StorageFullError",
    "UploadBusyError",
    "UploadStatus",
    "UploadTooLargeError",
    "Uploads",
]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY, _RECIPIENT, _LENGTH, _JOINED = "key.age", "recipient", "length", "joined.json"


@dataclass(frozen=True)
class UploadStatus:
    """How much has arrived, of how much, in plain bytes."""

    offset: int
    length: int | None
    joined: bool


@dataclass(frozen=True)
class JoinedUpload:
    """A whole upload as one sealed blob, with the key that opens it."""

    blob_key: str
    testimony_identity: KeyIdentity
    sealed_size: int
    plain_size: int
    digest: str
    pin: str


class Uploads:
    """A folder of uploads; `max_size` is in plain bytes."""

    def __init__(self, root: Path, blobs: Blobs, max_size: int) -> None:
        self._root = root
        self._blobs = blobs
        self._max_size = max_size

    def create(self, length: int | None) -> str:
        """Begin an upload and return its token; `length` may be declared later."""
        self._check_length(length)
        token = secrets.token_urlsafe(32)
        folder = self._root / _name(token)
        key = HybridIdentity.generate()
        holders = [_token_identity(token).recipient]
        with full_disk_named():
            folder.mkdir(mode=0o700, parents=True)
            try:
                write_durably(folder / _RECIPIENT, str(key.recipient).encode())
                if length is not None:
                    write_durably(folder / _LENGTH, str(length).encode())
                write_durably(folder / _KEY, wrap_testimony_key(key, holders))
                sync_folder(self._root)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return token

    def status(self, token: str) -> UploadStatus:
        """Say how far an upload has come; raise `MissingError`."""
        return self._status(self._folder(token))

    def declare_length(self, token: str, length: int) -> None:
        """Declare a length that was deferred; once declared it stays."""
        self._check_length(length)
        folder = self._folder(token)
        with _locked(folder):
            status = self._status(folder)
            if status.length not in {None, length}:
                raise OffsetMismatchError
            if status.offset > length:
                raise UploadTooLargeError
            write_durably(folder / _LENGTH, str(length).encode())

    def append(self, token: str, offset: int, body: BinaryIO, size: int | None) -> int:
        """Seal `size` bytes of the body (all of it for `None`); return the new offset.

        What arrived before the body broke off is kept.
        """
        folder = self._folder(token)
        with _locked(folder):
            status = self._status(folder)
            if offset != status.offset:
                raise OffsetMismatchError
            bound = self._max_size if status.length is None else status.length
            if size is not None and offset + size > bound:
                raise UploadTooLargeError
            recipient = parse_recipient((folder / _RECIPIENT).read_text())
            left = bound - offset if size is None else size
            while left:
                written = append_part(
                    folder, recipient, offset, body, min(left, PART_SIZE)
                )
                offset, left = offset + written, left - written
                if written < PART_SIZE:
                    break
            if size is None and not left and more_in(body):
                raise UploadTooLargeError
            return offset

    def join(self, token: str) -> JoinedUpload:
        """Seal all parts anew as one blob; asking again gives the same answer."""
        folder = self._folder(token)
        with _locked(folder):
            return self._joined(folder, token)

    @contextmanager
    def taking(self, token: str) -> Iterator[JoinedUpload]:
        """Join an upload and hold it against everyone else; forgotten at the end.

        After an error it is kept, to be taken again.
        """
        folder = self._folder(token)
        with _locked(folder):
            yield self._joined(folder, token)
            self._remove(folder)

    def discard(self, token: str) -> None:
        """Forget an upload; an unknown one raises `MissingError`."""
        folder = self._folder(token)
        with _locked(folder):
            self._remove(folder)

    def sweep(self, older_than: float, now: float) -> int:
        """Discard uploads untouched for `older_than` seconds; return how many."""
        swept = 0
        for folder in self._root.glob("*"):
            try:
                touched = max(p.stat().st_mtime for p in (folder, *folder.iterdir()))
                if now - touched > older_than:
                    with _locked(folder):
                        self._remove(folder)
                        swept += 1
            except (FileNotFoundError, MissingError, UploadBusyError):
                # It was discarded, or taken up again, at this very moment.
                continue
        return swept

    def joined_keys(self) -> set[str]:
        """Return the blobs of uploads that are whole and perhaps not yet taken in."""
        noted = self._root.glob(f"*/{_JOINED}")
        return {json.loads(path.read_bytes())["blob_key"] for path in noted}

    def forget(self, blob_keys: Collection[str]) -> None:
        """Forget the uploads that became these blobs, where a crash left them."""
        for noted in self._root.glob(f"*/{_JOINED}"):
            with suppress(FileNotFoundError, MissingError, UploadBusyError):
                if json.loads(noted.read_bytes())["blob_key"] in blob_keys:
                    with _locked(noted.parent):
                        self._remove(noted.parent)

    def _joined(self, folder: Path, token: str) -> JoinedUpload:
        key = unwrap_testimony_key(
            (folder / _KEY).read_bytes(), [_token_identity(token)]
        )
        noted = folder / _JOINED
        if not noted.exists():
            status = self._status(folder)
            if status.length != status.offset:
                raise OffsetMismatchError
            found = self._join(folder, key, status.offset)
            write_durably(noted, json.dumps(found).encode())
            for part in parts_in(folder):
                part.unlink()
        return JoinedUpload(testimony_identity=key, **json.loads(noted.read_bytes()))

    def _remove(self, folder: Path) -> None:
        # A joined blob stays: it may be a testimony's original already, and without
        # its key it opens for nobody.
        destroy_file(folder / _KEY)
        shutil.rmtree(folder, ignore_errors=True)
        sync_folder(self._root)

    def _join(self, folder: Path, key: KeyIdentity, size: int) -> dict[str, str | int]:
        with self._blobs.open_new() as blob:
            writer = SealingWriter(blob, [key.recipient])
            for path in parts_in(folder):
                with path.open("rb") as sealed:
                    for chunk in read_in_order(sealed, [key]):
                        writer.write(chunk)
            writer.close()
            blob.commit()
        return {
            "blob_key": blob.key,
            "sealed_size": writer.sealed_size,
            "plain_size": size,
            "digest": writer.digest,
            "pin": writer.pin,
        }

    def _status(self, folder: Path) -> UploadStatus:
        length = folder / _LENGTH
        declared = int(length.read_text()) if length.exists() else None
        noted = folder / _JOINED
        if noted.exists():
            joined = json.loads(noted.read_bytes())["plain_size"]
            return UploadStatus(joined, declared, joined=True)
        offset = 0
        for part in parts_in(folder):
            start, end = span_of(part)
            if start != offset:
                raise DamagedError("a part is missing")
            offset = end
        return UploadStatus(offset, declared, joined=False)

    def _folder(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise MissingError
        folder = self._root / _name(token)
        if not (folder / _KEY).exists():
            raise MissingError
        return folder

    def _check_length(self, length: int | None) -> None:
        if length is not None and not 0 <= length <= self._max_size:
            raise UploadTooLargeError


def _name(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _token_identity(token: str) -> HybridIdentity:
    seed = HKDF(SHA256(), 32, None, b"resguardo/upload/v1").derive(token.encode())
    return HybridIdentity.from_seed(seed)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as error:
        raise MissingError from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadBusyError from error
        yield
    finally:
        os.close(descriptor)
