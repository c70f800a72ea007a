"""Reading from an object store, and what can go wrong with one."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore
from typing_extensions import override

from storage.errors import (
    DamagedError,
    MissingError,
    StorageFullError,
    StoreUnavailableError,
)

# ENOSPC, EFBIG and EDQUOT, of which the store says the number alone.
_FULL = re.compile(r"(os error |Errno )(28|27|122)\b")
_HEAD = 1 << 16


@contextmanager
def store_errors_named() -> Iterator[None]:
    """Turn what a store raises into errors of storage."""
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


class StoredFile(io.RawIOBase):
    """A seekable file in a store; each read of more than its head is one request."""

    def __init__(self, store: ObjectStore, name: str) -> None:
        self._store = store
        self._name = name
        self._position = 0
        with store_errors_named():
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
        with store_errors_named():
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
