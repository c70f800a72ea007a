"""A recording that is looked after while it is read: work on it can be broken off."""

import io
from collections.abc import Callable
from typing import BinaryIO, cast

from typing_extensions import override


class _Watched(io.RawIOBase):
    def __init__(self, file: BinaryIO, look: Callable[[], None]) -> None:
        self._file, self._look = file, look

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._file.tell()

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    @override
    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        self._look()
        found = self._file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def watched(file: BinaryIO, look: Callable[[], None]) -> BinaryIO:
    """Return the same file, with a `look` before each read.

    What `look` raises ends the work: a decoder passes on what its file raises.
    """
    return cast("BinaryIO", _Watched(file, look))
