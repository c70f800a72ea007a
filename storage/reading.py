"""Reads an age file at any place, opening only the chunks it needs."""

import io
from collections.abc import Sequence
from hashlib import sha256
from typing import BinaryIO

from typing_extensions import override

from storage.errors import DamagedError, HeaderError, TruncatedError
from storage.header import read_header
from storage.identities import Identity
from storage.stream import CHUNK, NONCE, SEALED_CHUNK, TAG, ChunkCipher


class AgeReader(io.RawIOBase):
    """A seekable file over a seekable age file; `size` is the plain length.

    Opening checks the last chunk, so that a file cut short or added to is refused
    before anything is read from it (C2SP age.md, "Payload").
    """

    def __init__(self, source: BinaryIO, identities: Sequence[Identity]) -> None:
        file_key, header = read_header(source, identities)
        nonce = source.read(NONCE)
        if len(nonce) != NONCE:
            raise HeaderError("nonce")
        self._source = source
        self._cipher = ChunkCipher(file_key, nonce)
        self._start = source.tell()
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")
        self.pin = sha256(header + nonce).hexdigest()
        payload = source.seek(0, io.SEEK_END) - self._start
        self._last, rest = divmod(max(payload - 1, 0), SEALED_CHUNK)
        if payload < TAG or rest + 1 < TAG:
            raise TruncatedError("last chunk")
        final = self._chunk(self._last)
        if not final and self._last:
            raise DamagedError("empty last chunk")
        self.size = self._last * CHUNK + len(final)

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
        """Return the position in plain bytes."""
        return self._position

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move; a position beyond the end reads as the end."""
        base = {
            io.SEEK_SET: 0,
            io.SEEK_CUR: self._position,
            io.SEEK_END: self.size,
        }[whence]
        if base + offset < 0:
            raise ValueError("before the start")
        self._position = base + offset
        return self._position

    @override
    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill as much as one chunk gives; raise `DamagedError`."""
        if self._position >= self.size:
            return 0
        index, within = divmod(self._position, CHUNK)
        found = self._chunk(index)[within : within + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)

    @override
    def read(self, size: int = -1, /) -> bytes:
        """Return `size` bytes, or fewer only at the end."""
        end = self.size if size < 0 else min(self._position + size, self.size)
        pieces = []
        while self._position < end:
            index, within = divmod(self._position, CHUNK)
            piece = self._chunk(index)[within : within + end - self._position]
            pieces.append(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def _chunk(self, index: int) -> bytes:
        if self._cached[0] != index:
            self._source.seek(self._start + index * SEALED_CHUNK)
            sealed = self._source.read(SEALED_CHUNK)
            if len(sealed) < TAG:
                raise TruncatedError(f"chunk {index}")
            plain = self._cipher.open(sealed, index, last=index == self._last)
            self._cached = (index, plain)
        return self._cached[1]
