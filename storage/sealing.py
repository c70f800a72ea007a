"""The way in: plain bytes to a standard age file."""

import io
import os
from collections.abc import Sequence
from hashlib import sha256
from typing import BinaryIO

from storage.header import write_header
from storage.identities import Recipient
from storage.stream import CHUNK, NONCE, ChunkCipher


def seal(plain: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Seal something small."""
    sink = io.BytesIO()
    writer = SealingWriter(sink, recipients)
    writer.write(plain)
    writer.close()
    return sink.getvalue()


class SealingWriter:
    """Seals what is written, in constant memory; `close` writes the last chunk.

    After closing: `digest` is the SHA-256 of all sealed bytes, `pin` that of header
    and nonce (both hex), `sealed_size` in bytes. The sink stays open.
    """

    def __init__(self, sink: BinaryIO, recipients: Sequence[Recipient]) -> None:
        file_key, header = write_header(recipients)
        nonce = os.urandom(NONCE)
        self._sink = sink
        self._cipher = ChunkCipher(file_key, nonce)
        self._pending = bytearray()
        self._index = 0
        self._sha256 = sha256()
        self._closed = False
        self.sealed_size = 0
        self.pin = sha256(header + nonce).hexdigest()
        self._emit(header + nonce)

    def write(self, plain: bytes | bytearray | memoryview) -> int:
        """Seal some more; chunks leave as they fill."""
        if self._closed:
            raise ValueError("sealed already")
        view = memoryview(plain)
        for start in range(0, len(view), CHUNK):
            self._pending += view[start : start + CHUNK]
            # A full chunk waits: only what follows it tells that it is not the last.
            if len(self._pending) > CHUNK:
                self._seal(bytes(self._pending[:CHUNK]), last=False)
                del self._pending[:CHUNK]
        return len(view)

    def close(self) -> None:
        """Write the last chunk; closing again does nothing."""
        if not self._closed:
            self._closed = True
            self._seal(bytes(self._pending), last=True)
            self._pending.clear()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all sealed bytes so far, in hex."""
        return self._sha256.hexdigest()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._emit(self._cipher.seal(plain, self._index, last=last))
        self._index += 1

    def _emit(self, sealed: bytes) -> None:
        self._sink.write(sealed)
        self._sha256.update(sealed)
        self.sealed_size += len(sealed)
