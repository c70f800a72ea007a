"""Blocks of sealed bytes on their way to a file, hashed as they pass."""

from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from typing import Protocol

BLOCK = 1 << 20


class Sink(Protocol):
    """Where sealed bytes go."""

    def write(self, sealed: memoryview, /) -> int | None:
        """Take all of it."""
        ...


class HashedOutput:
    """Writes blocks to a sink; another core hashes each while the next one fills.

    `size` in bytes and `digest` (SHA-256, hex) are of what was flushed.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._sha256 = sha256()
        self._threads: ThreadPoolExecutor | None = None
        self._hashing: Future[None] | None = None
        self._block = self._hashed = memoryview(bytearray())
        self._filled = 0
        self.size = 0

    def room(self, size: int) -> memoryview:
        """Return a place for the next `size` bytes, to be filled at once."""
        if self._filled + size > len(self._block):
            self.flush()
            # Small objects are many: blocks grow with what they are for.
            wanted = max(size, min(self.size, BLOCK))
            if len(self._block) < wanted:
                self._block = memoryview(bytearray(wanted))
        start = self._filled
        self._filled += size
        return self._block[start : self._filled]

    def flush(self) -> None:
        """Write what was filled."""
        filled = self._block[: self._filled]
        # In this order, since the write lets the other thread begin.
        self._hash(filled)
        self._sink.write(filled)
        self.size += self._filled
        self._filled = 0
        self._block, self._hashed = self._hashed, self._block

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that was flushed, in hex."""
        self._wait()
        return self._sha256.hexdigest()

    def _hash(self, filled: memoryview) -> None:
        self._wait()
        if len(filled) < BLOCK // 2:
            self._sha256.update(filled)
            return
        self._threads = self._threads or ThreadPoolExecutor(1)
        self._hashing = self._threads.submit(self._sha256.update, filled)

    def _wait(self) -> None:
        if self._hashing:
            self._hashing.result()
            self._hashing = None
