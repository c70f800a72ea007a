"""What the gate gives: ranges, and a file made of ranges."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from typing_extensions import override


@dataclass(frozen=True)
class Released:
    """One range of a part, out of `total` bytes."""

    data: bytes
    offset: int
    total: int
    media_type: str


class ReleasedFile(io.RawIOBase):
    """A seekable file on a part; each read asks `release` for its range again."""

    def __init__(self, release: Callable[[int, int], Released]) -> None:
        self._release = release
        self._position = 0
        self._total = release(0, 0).total

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
        base = {
            io.SEEK_SET: 0,
            io.SEEK_CUR: self._position,
            io.SEEK_END: self._total,
        }[whence]
        self._position = max(base + offset, 0)
        return self._position

    @override
    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill what one release gives."""
        found = self._release(self._position, len(buffer)).data
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)


def buffered(file: ReleasedFile) -> BinaryIO:
    """Buffer reads by one sealed chunk."""
    return cast("BinaryIO", io.BufferedReader(file, 1 << 16))
