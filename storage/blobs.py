"""Immutable sealed blobs, named by opaque keys, there whole or not at all."""

import io
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError
from typing_extensions import override

from storage.blob_places import place_at
from storage.errors import (
    BadKeyError,
    DamagedError,
    MissingError,
    StorageFullError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from obstore import WritableFile

_KEY = re.compile(r"[0-9a-f]{32}")
# ENOSPC, EFBIG and EDQUOT, of which the store says the number alone.
_FULL = re.compile(r"(os error |Errno )(28|27|122)\b")
_PART = 8 << 20
_PARTS_AT_ONCE = 2
_HEAD = 1 << 16


def new_key() -> str:
    """Make a key that says nothing about what it names."""
    return secrets.token_hex(16)


class BlobWriter(io.RawIOBase):
    """A blob being written; `commit` makes it durable under its key."""

    def __init__(self, blobs: "Blobs", key: str) -> None:
        self.key = key
        self._blobs = blobs
        self._stream: WritableFile = obstore.open_writer(
            blobs.place.store,
            name_of(key),
            buffer_size=_PART,
            max_concurrency=_PARTS_AT_ONCE,
        )

    @override
    def writable(self) -> bool:
        """Say yes."""
        return True

    @override
    def write(self, sealed: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Take some more."""
        with _errors_named():
            return self._stream.write(sealed)

    def commit(self) -> None:
        """Keep the blob; it cannot be changed afterwards."""
        with _errors_named():
            self._stream.close()
            self._blobs.place.settle(name_of(self.key))

    def abandon(self) -> None:
        """Forget what was written, unless it was kept."""
        if not self._stream.closed():
            # Left by an error, the store drops what it has; closed, it would keep it.
            self._stream.__exit__(InterruptedError, InterruptedError(), None)


class BlobReader(io.RawIOBase):
    """A seekable file over a blob; each read of more than its head is one request."""

    def __init__(self, blobs: "Blobs", key: str) -> None:
        self._store = blobs.place.store
        self._name = name_of(key)
        self._position = 0
        with _errors_named():
            found = obstore.get(self._store, self._name, options={"range": (0, _HEAD)})
            self.size = found.meta["size"]
            self._head = found.bytes().to_bytes()

    @override
    def readable(self) -> bool:
        """Say yes."""
        return True

    @override
    def seekable(self) -> bool:
        """Say yes."""
        return True

    @override
    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move; a position beyond the end reads as the end."""
        base = {0: 0, 1: self._position, 2: self.size}[whence]
        if base + offset < 0:
            raise ValueError("before the start")
        self._position = base + offset
        return self._position

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """Return `size` bytes, or fewer only at the end."""
        end = self.size if size is None or size < 0 else self._position + size
        end = min(end, self.size)
        if end <= self._position:
            return b""
        start, self._position = self._position, end
        if end <= len(self._head):
            return self._head[start:end]
        with _errors_named():
            found = obstore.get_range(self._store, self._name, start=start, end=end)
        return found.to_bytes()

    @override
    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer, or less at the end only."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    @override
    def readline(self, size: int | None = -1, /) -> bytes:
        """Return a line; in the head, where lines are, without a request."""
        end = self._head.find(b"\n", self._position) + 1
        if not end or (size is not None and 0 <= size < end - self._position):
            return super().readline(size)
        return self.read(end - self._position)


class Blobs:
    """Blobs in a folder, or in a bucket (`s3://BUCKET/PREFIX`)."""

    def __init__(self, address: str | Path) -> None:
        self.place = place_at(address)

    @contextmanager
    def open_new(self, key: str | None = None) -> Iterator[BlobWriter]:
        """Give a writer; what was not committed is gone at the end."""
        with _errors_named():
            writer = BlobWriter(self, key or new_key())
        try:
            yield writer
        finally:
            writer.abandon()

    def put(self, key: str, sealed: bytes) -> None:
        """Write a small blob durably."""
        with self.open_new(key) as writer:
            writer.write(sealed)
            writer.commit()

    def open(self, key: str) -> BinaryIO:
        """Open a blob for reading, or raise `MissingError`."""
        return cast("BinaryIO", BlobReader(self, key))

    def size(self, key: str) -> int:
        """Return a blob's size in bytes, or raise `MissingError`."""
        with _errors_named():
            return obstore.head(self.place.store, name_of(key))["size"]

    def delete(self, key: str) -> None:
        """Remove a blob; a missing one is no error."""
        try:
            with _errors_named():
                obstore.delete(self.place.store, name_of(key))
        except MissingError:
            return

    def keys(self) -> Iterator[str]:
        """List every blob's key."""
        return (key for key, _ in self.listing())

    def listing(self) -> Iterator[tuple[str, datetime]]:
        """List every blob's key, and when it was written by its store's clock."""
        with _errors_named():
            for batch in obstore.list(self.place.store):
                for found in batch:
                    _, _, key = found["path"].rpartition("/")
                    if _KEY.fullmatch(key):
                        yield key, found["last_modified"]

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what was broken off `older_than` seconds ago; return how much."""
        return self.place.discard_unfinished(older_than)


def name_of(key: str) -> str:
    """Return where a blob lies in its store; nothing but a key becomes a name."""
    if not _KEY.fullmatch(key):
        raise BadKeyError
    return f"{key[:2]}/{key}"


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MissingError from error
    except (BaseError, OSError) as error:
        told = str(error)
        if _FULL.search(told):
            raise StorageFullError from error
        if "Requested range was invalid" in told or "416 " in told:
            raise DamagedError("a blob is shorter than it was") from error
        raise StoreUnavailableError from error
