"""What the gate gives: ranges, and a file made of ranges."""

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from typing_extensions import override

from archive.views import View
from consent.actors import Actor
from consent.parts import Part


@dataclass(frozen=True)
class Released:
    """One range of a part's revision, out of `total` bytes."""

    data: bytes
    offset: int
    total: int
    media_type: str
    revision: int


class ChangedError(OSError):
    """What is read is no longer what it was when it was opened."""


class ReleasedFile(io.RawIOBase):
    """A seekable file on a part; each read asks `release` for its range again.

    Raise `ChangedError` rather than join two revisions, or two sets of terms.
    """

    def __init__(self, release: Callable[[int, int], Released]) -> None:
        self._release = release
        self._position = 0
        first = release(0, 0)
        self._total, self._revision = first.total, first.revision

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
        found = self._release(self._position, len(buffer))
        if (found.total, found.revision) != (self._total, self._revision):
            raise ChangedError
        buffer[: len(found.data)] = found.data
        self._position += len(found.data)
        return len(found.data)


_TRIES = 5


class Readable:
    """Whole parts and seekable files, made of releases."""

    def whole(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
        view: View | None = None,
    ) -> bytes:
        """Return a whole part, range by range, each decided anew."""
        for _ in range(_TRIES):
            # Another revision was kept, or the terms changed, in the middle.
            with suppress(ChangedError):
                return self.open(
                    actor,
                    testimony_id,
                    part,
                    listening=listening,
                    revision=revision,
                    view=view,
                ).read()
        raise ChangedError

    def open(  # noqa: PLR0913
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        *,
        listening: str | None = None,
        revision: int | None = None,
        view: View | None = None,
    ) -> BinaryIO:
        """Return a seekable file whose every read is a release of its own."""

        def release(offset: int, length: int) -> Released:
            return self.release(
                actor,
                testimony_id,
                part,
                offset,
                length,
                listening=listening,
                revision=revision,
                view=view,
            )

        return buffered(ReleasedFile(release))

    def release(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        offset: int = 0,
        length: int = 0,
        *,
        listening: str | None = None,
        revision: int | None = None,
        view: View | None = None,
    ) -> Released:
        """Return a range of a part; given by whoever is readable."""
        raise NotImplementedError


def buffered(file: ReleasedFile) -> BinaryIO:
    """Buffer reads by one sealed chunk."""
    return cast("BinaryIO", io.BufferedReader(file, 1 << 16))
