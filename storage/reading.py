"""Reads an age file: in order, or at any place, opening only the chunks it needs."""

import io
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from typing_extensions import override

from storage.errors import DamagedError, HeaderError, TruncatedError
from storage.header import read_header
from storage.identities import Identity
from storage.stream import CHUNK, NONCE, SEALED_CHUNK, TAG, TOGETHER, ChunkCipher


def read_in_order(
    source: BinaryIO, identities: Sequence[Identity], *, cut_off: bool = False
) -> Iterator[bytes]:
    """Yield the plain chunks of a buffered source that need not seek.

    Each was authenticated, but only the end says that nothing is missing: keep
    nothing of what came before a `DamagedError` or `TruncatedError`. One that may be
    `cut_off` ends with its last sound chunk: of what was written when the power went,
    the length may be on the disk and the bytes not.
    """
    cipher, _ = _begin(source, identities)
    index, last = 0, False
    while sealed := memoryview(source.read(TOGETHER * SEALED_CHUNK)):
        for start in range(0, len(sealed), SEALED_CHUNK):
            if last:
                raise DamagedError("bytes after the last chunk")
            piece = sealed[start : start + SEALED_CHUNK]
            try:
                plain, last = _opened(cipher, piece, index)
            except DamagedError:
                at_end = start + len(piece) == len(sealed) and not source.read(1)
                if cut_off and at_end:
                    return
                raise
            yield plain
            index += 1
    if not (last or cut_off):
        raise TruncatedError("last chunk")


def _opened(cipher: ChunkCipher, sealed: memoryview, index: int) -> tuple[bytes, bool]:
    """Open a chunk of which only its length may tell whether it is the last."""
    if len(sealed) == SEALED_CHUNK:
        try:
            return cipher.open(sealed, index, last=False), False
        except DamagedError:
            return cipher.open(sealed, index, last=True), True
    if len(sealed) < TAG:
        raise TruncatedError(f"chunk {index}")
    if len(sealed) == TAG and index:
        raise DamagedError("empty last chunk")
    return cipher.open(sealed, index, last=True), True


def _begin(source: BinaryIO, identities: Sequence[Identity]) -> tuple[ChunkCipher, str]:
    """Read up to the payload; return its cipher and the file's pin."""
    file_key, header = read_header(source, identities)
    nonce = source.read(NONCE)
    if len(nonce) != NONCE:
        raise HeaderError("nonce")
    return ChunkCipher(file_key, nonce), sha256(header + nonce).hexdigest()


class AgeReader(io.RawIOBase):
    """A seekable file over a seekable age file; `size` is the plain length.

    Opening checks the last chunk, so that a file cut short or added to is refused
    before anything is read from it (C2SP age.md, "Payload").
    """

    def __init__(self, source: BinaryIO, identities: Sequence[Identity]) -> None:
        self._cipher, self.pin = _begin(source, identities)
        self._source = source
        self._start = source.tell()
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")
        self._payload = source.seek(0, io.SEEK_END) - self._start
        self._last, rest = divmod(max(self._payload - 1, 0), SEALED_CHUNK)
        if self._payload < TAG or rest + 1 < TAG:
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
        """Fill the buffer, or less at the end only; raise `DamagedError`."""
        rest = memoryview(buffer)[: max(self.size - self._position, 0)]
        position = self._position
        while rest:
            index, within = divmod(position, CHUNK)
            if within or len(rest) < CHUNK:
                piece = self._chunk(index)[within : within + len(rest)]
                rest[: len(piece)] = piece
                done = len(piece)
            else:
                done = self._open_whole(index, rest)
            rest = rest[done:]
            position += done
        done = position - self._position
        self._position = position
        return done

    @override
    def read(self, size: int = -1, /) -> bytes:
        """Return `size` bytes, or fewer only at the end."""
        left = max(self.size - self._position, 0)
        size = left if size < 0 else min(size, left)
        if not size:
            return b""
        # `getvalue` gives this buffer away; to copy it would more than double the time.
        plain = io.BytesIO()
        plain.seek(size - 1)
        plain.write(b"\0")
        with plain.getbuffer() as buffer:
            self.readinto(buffer)
        return plain.getvalue()

    def _open_whole(self, index: int, out: memoryview) -> int:
        count = min(len(out) // CHUNK, TOGETHER)
        sealed = self._sealed(index, count)
        for at in range(count):
            self._cipher.open_into(
                out[at * CHUNK : (at + 1) * CHUNK],
                sealed[at * SEALED_CHUNK : (at + 1) * SEALED_CHUNK],
                index + at,
                last=index + at == self._last,
            )
        return count * CHUNK

    def _chunk(self, index: int) -> bytes:
        if self._cached[0] != index:
            sealed = self._sealed(index, 1)
            plain = self._cipher.open(sealed, index, last=index == self._last)
            self._cached = (index, plain)
        return self._cached[1]

    def _sealed(self, index: int, count: int) -> memoryview:
        start = index * SEALED_CHUNK
        size = min(count * SEALED_CHUNK, self._payload - start)
        self._source.seek(self._start + start)
        sealed = self._source.read(size)
        if len(sealed) != size:
            raise TruncatedError(f"chunk {index}")
        return memoryview(sealed)
