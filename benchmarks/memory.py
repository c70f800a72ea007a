"""The peak memory of sealing or opening so many MiB, of which none is on a disk."""

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, cast

from typing_extensions import override

from storage.header import write_header
from storage.identities import HybridIdentity
from storage.reading import AgeReader, read_in_order
from storage.sealing import SealingWriter
from storage.stream import CHUNK, NONCE, SEALED_CHUNK, ChunkCipher

WAYS = ("seal", "open in order", "open at any place")
_KEY = HybridIdentity.generate()
_PIECE = bytes(1 << 20)


class SealedOnDemand(io.RawIOBase):
    """An age file of so many MiB of zeros; a chunk is made when it is read."""

    def __init__(self, mib: int) -> None:
        file_key, header = write_header([_KEY.recipient])
        self._head = header + bytes(NONCE)
        self._cipher = ChunkCipher(file_key, bytes(NONCE))
        self._chunks = mib * (1 << 20) // CHUNK
        self._size = len(self._head) + self._chunks * SEALED_CHUNK
        self._position = 0
        self._lines = io.BytesIO(header)

    @override
    def tell(self) -> int:
        return self._position

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = offset + (self._size if whence == io.SEEK_END else 0)
        return self._position

    @override
    def readline(self, size: int | None = -1, /) -> bytes:
        line = self._lines.readline(size)
        self._position += len(line)
        return line

    @override
    def read(self, size: int = -1, /) -> bytes:
        start, end = self._position, min(self._position + size, self._size)
        self._position = end
        if start < len(self._head):
            return self._head[start:end]
        first, within = divmod(start - len(self._head), SEALED_CHUNK)
        last = (end - len(self._head) - 1) // SEALED_CHUNK
        sealed = bytearray((last + 1 - first) * SEALED_CHUNK)
        for index in range(first, last + 1):
            at = (index - first) * SEALED_CHUNK
            self._cipher.seal_into(
                memoryview(sealed)[at : at + SEALED_CHUNK],
                _PIECE[:CHUNK],
                index,
                last=index == self._chunks - 1,
            )
        return bytes(memoryview(sealed)[within : within + end - start])


class Nowhere(io.RawIOBase):
    """Takes bytes and keeps none."""

    @override
    def write(self, data: object, /) -> int:
        return len(cast("bytes", data))


def work(way: str, mib: int) -> int:
    """Seal or open; return how many plain bytes there were."""
    if way == "seal":
        writer = SealingWriter(cast("BinaryIO", Nowhere()), [_KEY.recipient])
        done = sum(writer.write(_PIECE) for _ in range(mib))
        writer.close()
        return done
    source = cast("BinaryIO", SealedOnDemand(mib))
    if way == "open in order":
        return sum(map(len, read_in_order(source, [_KEY])))
    reader, done = AgeReader(source, [_KEY]), 0
    while piece := reader.read(len(_PIECE)):
        done += len(piece)
    return done


def peak(way: str, mib: int) -> float:
    """Return the peak memory in MiB of a process of its own that does this work."""
    program = (
        "import sys; from benchmarks.memory import work, highest;"
        "way, mib = sys.argv[1], int(sys.argv[2]);"
        "assert work(way, mib) == mib << 20; print(highest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, way, str(mib)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=True,
    )
    return int(done.stdout) / 1024


def highest() -> int:
    """Return this program's peak memory in KiB (`ru_maxrss` has its parent's too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(found)
