"""The way in: plain bytes to a standard age file."""

import io
import os
from collections.abc import Sequence
from hashlib import sha256

from storage.hashed_output import HashedOutput, Sink
from storage.header import write_header
from storage.identities import Recipient
from storage.stream import CHUNK, NONCE, TAG, ChunkCipher


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

    def __init__(self, sink: Sink, recipients: Sequence[Recipient]) -> None:
        file_key, header = write_header(recipients)
        nonce = os.urandom(NONCE)
        self._output = HashedOutput(sink)
        self._cipher = ChunkCipher(file_key, nonce)
        self._waiting = bytearray()
        self._index = 0
        self._closed = False
        self.pin = sha256(header + nonce).hexdigest()
        self._output.room(len(header) + NONCE)[:] = header + nonce

    def write(self, plain: bytes | bytearray | memoryview) -> int:
        """Seal some more; chunks leave in blocks."""
        if self._closed:
            raise ValueError("sealed already")
        view = memoryview(plain)
        room = CHUNK - len(self._waiting)
        # A full chunk waits: only what follows it tells that it is not the last.
        while len(view) > room:
            if self._waiting:
                self._waiting += view[:room]
                self._seal(self._waiting, last=False)
                self._waiting.clear()
            else:
                self._seal(view[:room], last=False)
            view, room = view[room:], CHUNK
        self._waiting += view
        return len(plain)

    def close(self) -> None:
        """Write the last chunk; closing again does nothing."""
        if not self._closed:
            self._closed = True
            self._seal(self._waiting, last=True)
            self._waiting.clear()
            self._output.flush()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all sealed bytes that left, in hex."""
        return self._output.digest

    @property
    def sealed_size(self) -> int:
        """Return how many sealed bytes left."""
        return self._output.size

    def _seal(self, plain: bytearray | memoryview, *, last: bool) -> None:
        out = self._output.room(len(plain) + TAG)
        self._cipher.seal_into(out, plain, self._index, last=last)
        self._index += 1
