"""Streams whose first bytes were looked at before the rest is read."""

import io
from typing import BinaryIO, cast

from typing_extensions import override

_COPY_CHUNK = 1 << 20


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


def prefixed(start: bytes, rest: BinaryIO) -> BinaryIO:
    """Return a stream that gives the start again, then the rest."""
    return cast("BinaryIO", _Prefixed(start, rest))


def read_exactly(body: BinaryIO, size: int) -> bytes:
    """Return `size` bytes, or fewer only at the end."""
    found = b""
    while len(found) < size and (more := body.read(size - len(found))):
        found += more
    return found
