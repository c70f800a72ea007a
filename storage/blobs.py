"""Files in a folder, named by opaque keys, written whole or not at all."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storage.durable import PARTIAL, full_disk_named, publish
from storage.errors import BadKeyError, MissingError

_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """Make a key that says nothing about what it names."""
    return secrets.token_hex(16)


class BlobWriter:
    """A blob being written; `commit` makes it durable under its key."""

    def __init__(self, file: BinaryIO, partial: Path, blobs: "Blobs") -> None:
        self.file = file
        self._partial = partial
        self._blobs = blobs

    def commit(self, key: str) -> None:
        """Give the blob its key; it cannot be changed afterwards."""
        with full_disk_named():
            publish(self.file, self._partial, self._blobs.path(key))


class Blobs:
    """A folder of immutable blobs."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def open_new(self) -> Iterator[BlobWriter]:
        """Give a writer; what was not committed is gone at the end."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self._root / (new_key() + PARTIAL)
        try:
            with full_disk_named(), partial.open("xb") as file:
                yield BlobWriter(file, partial, self)
        finally:
            partial.unlink(missing_ok=True)

    def put(self, key: str, sealed: bytes) -> None:
        """Write a small blob durably."""
        self.path(key)
        with self.open_new() as writer:
            writer.file.write(sealed)
            writer.commit(key)

    def open(self, key: str) -> BinaryIO:
        """Open a blob for reading, or raise `MissingError`."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError as error:
            raise MissingError(key) from error

    def size(self, key: str) -> int:
        """Return a blob's size in bytes, or raise `MissingError`."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError as error:
            raise MissingError(key) from error

    def delete(self, key: str) -> None:
        """Remove a blob; a missing one is no error."""
        self.path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """List every blob's key."""
        for path in self._root.glob("??/*"):
            if _KEY.fullmatch(path.name):
                yield path.name

    def path(self, key: str) -> Path:
        """Return where a blob lies; nothing but a key becomes a path."""
        if not _KEY.fullmatch(key):
            raise BadKeyError
        return self._root / key[:2] / key
