"""The parent's side: hands the recording over piece by piece, takes what comes back."""

import io
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from transcription.decoding_box.limits import CPU_FLOOR
from transcription.decoding_box.process import Child
from transcription.decoding_box.wire import LARGEST, PLACE, SECONDS, Job, Kind, Task
from transcription.errors import EngineError, Fault, MediaError

LONGEST = 48 * 3600.0
"""Seconds of sound that one recording may give."""

_CPU_A_SECOND = 0.2
"""Processor seconds for a second of sound: six times what an MP3 took to make."""

_CPU_A_BYTE = 1 / 20_000_000
_READS_FOR_SIZE, _READS_FLOOR = 16, 256 << 20
"""A recording may be read so many times over, and so many bytes, lest it never end."""

_OF_RECORDINGS = frozenset(
    {
        Fault.EMPTY,
        Fault.NOT_MEDIA,
        Fault.NO_AUDIO,
        Fault.TOO_SHORT,
        Fault.DAMAGED,
        Fault.TOO_MUCH,
    }
)


class Box:
    """One child at work on one recording; a context manager, used once.

    However it ends, the child is dead and reaped when the context is left.
    """

    def __init__(
        self,
        file: BinaryIO,
        task: Task,
        *,
        start: float = 0.0,
        bytes_a_second: float | None = None,
    ) -> None:
        """Take a seekable file; `bytes_a_second`: of the results, if they are sound."""
        self._file = file
        self._rate = bytes_a_second
        self._job = Job(task, file.seek(0, io.SEEK_END), start)
        self._read, self._got = 0, 0
        self.filtered = False
        """Whether the kernel refuses the child all but a few calls (seccomp)."""
        self.seconds = 0.0
        """Of sound made, once the last result has come."""

    def __enter__(self) -> Self:
        """Start the child and wait until it has shut itself in; raises EngineError."""
        self._child = Child()
        try:
            self._child.send(Kind.JOB, self._job.to_bytes())
            kind, payload = self._child.message()
            if kind is not Kind.READY:
                raise MediaError(Fault.CRASHED)
        except MediaError as error:
            self._child.close()
            # It has not seen a byte of the recording yet.
            raise EngineError(Fault.UNBOXED) from error
        except BaseException:
            self._child.close()
            raise
        self.filtered = payload == b"\x01"
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the child, whatever it is doing."""
        self._child.close()

    def results(self) -> Iterator[bytearray]:
        """Yield what was made of the recording; raises MediaError.

        What reading the file raises comes out unchanged.
        """
        self._allow()
        while True:
            kind, payload = self._child.message()
            match kind:
                case Kind.READ:
                    self._serve(payload)
                case Kind.RESULT:
                    self._got += len(payload)
                    self._allow()
                    yield payload
                case Kind.END:
                    self.seconds = _seconds(payload)
                    return
                case Kind.FAULT:
                    raise MediaError(_fault(payload))
                case _:
                    raise MediaError(Fault.CRASHED)

    def _serve(self, payload: bytearray) -> None:
        if len(payload) != PLACE.size:
            raise MediaError(Fault.CRASHED)
        offset, size = PLACE.unpack(payload)
        if size > LARGEST or offset > self._job.size:
            raise MediaError(Fault.CRASHED)
        self._read += size
        if self._read > self._job.size * _READS_FOR_SIZE + _READS_FLOOR:
            raise MediaError(Fault.TOO_MUCH)
        self._file.seek(offset)
        self._child.send(Kind.DATA, self._file.read(size))

    def _allow(self) -> None:
        """Grant processor time for the sound that has come."""
        sound = self._got / self._rate if self._rate else 0.0
        if sound > LONGEST:
            raise MediaError(Fault.TOO_MUCH)
        sound += min(self._job.start, LONGEST)
        self._child.allow(
            CPU_FLOOR + sound * _CPU_A_SECOND + self._job.size * _CPU_A_BYTE
        )


def _seconds(payload: bytearray) -> float:
    if len(payload) == SECONDS.size:
        (seconds,) = SECONDS.unpack(payload)
        if 0 <= seconds <= LONGEST:
            return float(seconds)
    raise MediaError(Fault.CRASHED)


def _fault(payload: bytearray) -> Fault:
    """Return the fault named, if it is one that a recording can have."""
    try:
        named = Fault(payload.decode("ascii"))
    except ValueError:
        return Fault.CRASHED
    return named if named in _OF_RECORDINGS else Fault.CRASHED
