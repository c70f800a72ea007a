"""Immutable sealed blobs, named by opaque keys, there whole or not at all."""

import io
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import obstore
from typing_extensions import override

from storage.blob_places import place_at
from storage.errors import BadKeyError, MissingError
from storage.stored_file import store_errors_named

if TYPE_CHECKING:
    from obstore import WritableFile

_KEY = re.compile(r"[0-9a-f]{32}")
_PART = 8 << 20
_PARTS_AT_ONCE = 2


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
        with store_errors_named():
            # The store keeps what it is given and writes it later: a copy is its own.
            return self._stream.write(bytes(sealed))

    def commit(self) -> None:
        """Keep the blob; it cannot be changed afterwards."""
        with store_errors_named():
            self._stream.close()
            self._blobs.place.settle(name_of(self.key))

    def abandon(self) -> None:
        """Forget what was written, unless it was kept."""
        if not self._stream.closed():
            # Left by an error, the store drops what it has; closed, it would keep it.
            self._stream.__exit__(InterruptedError, InterruptedError(), None)


class Blobs:
    """Blobs in a folder, or in a bucket (`s3://BUCKET/PREFIX`)."""

    def __init__(self, address: str | Path) -> None:
        self.place = place_at(address)

    @contextmanager
    def open_new(self, key: str | None = None) -> Iterator[BlobWriter]:
        """Give a writer; what was not committed is gone at the end."""
        with store_errors_named():
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
        with store_errors_named():
            return self.place.open(name_of(key))

    def size(self, key: str) -> int:
        """Return a blob's size in bytes, or raise `MissingError`."""
        with store_errors_named():
            return obstore.head(self.place.store, name_of(key))["size"]

    def delete(self, key: str) -> None:
        """Remove a blob; a missing one is no error."""
        try:
            with store_errors_named():
                obstore.delete(self.place.store, name_of(key))
        except MissingError:
            return

    def keys(self) -> Iterator[str]:
        """List every blob's key."""
        return (key for key, _ in self.listing())

    def listing(self) -> Iterator[tuple[str, datetime]]:
        """List every blob's key, and when it was written by its store's clock."""
        with store_errors_named():
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
