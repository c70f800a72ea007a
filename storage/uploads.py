"""Resumable uploads of age files that were sealed before they came.

Nothing here opens them: their keys are with whoever sealed them, and with the archive
once it is told. What lies half-filled on the disk opens for nobody who has the disk.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from storage.blobs import Blobs
from storage.durable import full_disk_named, sync_folder, write_durably
from storage.errors import (
    HeaderError,
    MissingError,
    OffsetMismatchError,
    UploadBusyError,
    UploadTooLargeError,
)
from storage.header import VERSION
from storage.mending import CutOff, mend
from storage.outline import outline

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CONTENT, _LENGTH, _KEPT = "content.age", "length", "kept.json"
_START = f"{VERSION}\n".encode()
_BLOCK = 1 << 20


@dataclass(frozen=True)
class UploadStatus:
    """How much has arrived, of how much, in sealed bytes."""

    offset: int
    length: int | None


@dataclass(frozen=True)
class KeptUpload:
    """A whole upload as a blob."""

    blob_key: str
    sealed_size: int
    plain_size: int
    digest: str
    pin: str


class Uploads:
    """A folder of uploads; `max_size` is in sealed bytes."""

    def __init__(self, root: Path, blobs: Blobs, max_size: int) -> None:
        self._root = root
        self._blobs = blobs
        self._max_size = max_size

    def create(self, length: int | None) -> str:
        """Begin an upload and return its token; `length` may be declared later."""
        self._check_length(length)
        token = secrets.token_urlsafe(32)
        folder = self._root / _name(token)
        with full_disk_named():
            folder.mkdir(mode=0o700, parents=True)
            try:
                if length is not None:
                    write_durably(folder / _LENGTH, str(length).encode())
                write_durably(folder / _CONTENT, b"")
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
        """Take `size` bytes of the body (all of it for `None`); return the new offset.

        What arrived before the body broke off is kept. Raise `HeaderError`, and forget
        the upload, where it does not begin as an age file does.
        """
        folder = self._folder(token)
        with _locked(folder):
            status = self._status(folder)
            if offset != status.offset:
                raise OffsetMismatchError
            bound = self._max_size if status.length is None else status.length
            if size is not None and offset + size > bound:
                raise UploadTooLargeError
            left = bound - offset if size is None else size
            whole = not left
            try:
                # One that is whole may be a blob already.
                if not whole:
                    offset, whole = _take(folder / _CONTENT, offset, body, left)
            except HeaderError:
                self._remove(folder)
                raise
            if size is None and whole and _more_in(body):
                raise UploadTooLargeError
            return offset

    @contextmanager
    def taking(self, token: str, cut_off: CutOff | None = None) -> Iterator[KeptUpload]:
        """Keep an upload as a blob, and hold it against everyone else; then forget it.

        One that was `cut_off` while it was sealed is mended. After an error it is kept,
        to be taken again.
        """
        folder = self._folder(token)
        with _locked(folder):
            yield self._kept(folder, cut_off)
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

    def kept_keys(self) -> set[str]:
        """Return the blobs of uploads that are whole and perhaps not yet taken in."""
        noted = self._root.glob(f"*/{_KEPT}")
        return {json.loads(path.read_bytes())["blob_key"] for path in noted}

    def forget(self, blob_keys: Collection[str]) -> None:
        """Forget the uploads that became these blobs, where a crash left them."""
        for noted in self._root.glob(f"*/{_KEPT}"):
            with suppress(FileNotFoundError, MissingError, UploadBusyError):
                if json.loads(noted.read_bytes())["blob_key"] in blob_keys:
                    with _locked(noted.parent):
                        self._remove(noted.parent)

    def _kept(self, folder: Path, cut_off: CutOff | None) -> KeptUpload:
        noted = folder / _KEPT
        if not noted.exists():
            status = self._status(folder)
            if status.length != status.offset:
                raise OffsetMismatchError
            with (folder / _CONTENT).open("rb") as content:
                kept = self._keep(content, cut_off)
            write_durably(noted, json.dumps(asdict(kept)).encode())
            (folder / _CONTENT).unlink()
        return KeptUpload(**json.loads(noted.read_bytes()))

    def _keep(self, content: BinaryIO, cut_off: CutOff | None) -> KeptUpload:
        if cut_off is not None:
            with self._blobs.open_new() as blob:
                writer, plain_size = mend(content, cut_off, blob)
                blob.commit()
            return KeptUpload(
                blob.key, writer.sealed_size, plain_size, writer.digest, writer.pin
            )
        # Before anything is copied: what is no age file would be, at each asking.
        told, digest = outline(content), sha256()
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        with self._blobs.open_new() as blob:
            while block := content.read(_BLOCK):
                digest.update(block)
                blob.write(block)
            blob.commit()
        return KeptUpload(blob.key, size, told.plain_size, digest.hexdigest(), told.pin)

    def _remove(self, folder: Path) -> None:
        # A blob that it became stays: it may be a testimony's original already.
        shutil.rmtree(folder, ignore_errors=True)
        sync_folder(self._root)

    def _status(self, folder: Path) -> UploadStatus:
        length = folder / _LENGTH
        declared = int(length.read_text()) if length.exists() else None
        noted, content = folder / _KEPT, folder / _CONTENT
        if noted.exists():
            return UploadStatus(declared or 0, declared)
        return UploadStatus(content.stat().st_size, declared)

    def _folder(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise MissingError
        folder = self._root / _name(token)
        if not ((folder / _CONTENT).exists() or (folder / _KEPT).exists()):
            raise MissingError
        return folder

    def _check_length(self, length: int | None) -> None:
        if length is not None and not 0 <= length <= self._max_size:
            raise UploadTooLargeError


def _take(path: Path, offset: int, body: BinaryIO, left: int) -> tuple[int, bool]:
    """Append up to `left` bytes, durably; return the offset, and whether all came."""
    # Without a buffer: what a full disk still took is known, and goes on from there.
    with full_disk_named(), path.open("r+b", buffering=0) as content:
        start = content.read(len(_START)) if offset < len(_START) else _START
        content.seek(offset)
        try:
            while left and (block := _read(body, min(_BLOCK, left))):
                start = (start + block)[: len(_START)]
                if not _START.startswith(start):
                    raise HeaderError("version")
                rest = memoryview(block)
                while rest:
                    written = content.write(rest)
                    rest = rest[written:]
                    offset, left = offset + written, left - written
        finally:
            os.fsync(content.fileno())
    return offset, not left


def _read(body: BinaryIO, size: int) -> bytes:
    try:
        return body.read(size)
    except OSError:
        # The client is gone; what it sent before is good.
        return b""


def _more_in(body: BinaryIO) -> bool:
    """Say whether a body goes on; one that broke off does not."""
    return bool(_read(body, 1))


def _name(token: str) -> str:
    return sha256(token.encode()).hexdigest()


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
