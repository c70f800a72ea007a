"""The parent's side: starts the child, serves its reads, takes its results, ends it."""

import io
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from typing_extensions import Self

from transcription.decoding_box.limits import CPU_CEILING, CPU_FLOOR
from transcription.decoding_box.wire import (
    HEAD,
    LARGEST,
    PLACE,
    SECONDS,
    Job,
    Kind,
    Task,
    packed,
)
from transcription.errors import EngineError, Fault, MediaError

LONGEST = 48 * 3600.0
"""Seconds of sound that one recording may give."""

_SILENT = 120.0
"""Seconds in which a child has to get on; wall time."""

_CPU_A_SECOND = 0.2
"""Processor seconds for a second of sound: ten times what a slow machine takes."""

_CPU_A_BYTE = 1 / 20_000_000
_WALL_FOR_CPU = 10.0
_READS_FOR_SIZE, _READS_FLOOR = 16, 256 << 20
"""A recording may be read this many times over, lest it be read for ever."""

_START = (
    "import sys; sys.path.insert(0, sys.argv.pop());"
    "from transcription.decoding_box.child import main; main()"
)
_ROOT = str(Path(__file__).resolve().parents[2])
# One thread: a second would need more memory, and a call that is refused.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


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
        self._read, self._got, self._waited = 0, 0, 0.0
        self.filtered = False
        self.seconds = 0.0

    def __enter__(self) -> Self:
        """Start the child and wait until it has shut itself in; raises EngineError."""
        self._child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-B", "-c", _START, str(os.getpid()), _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        assert self._child.stdin is not None  # noqa: S101 - for the type
        assert self._child.stdout is not None  # noqa: S101 - for the type
        self._to, self._from = self._child.stdin.fileno(), self._child.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        try:
            self._send(Kind.JOB, self._job.to_bytes())
            kind, payload = self._message()
        except MediaError as error:
            self.close()
            # It has not seen a byte of the recording yet.
            raise EngineError(Fault.UNBOXED) from error
        except BaseException:
            self.close()
            raise
        if kind is not Kind.READY:
            self.close()
            raise EngineError(Fault.UNBOXED)
        self.filtered = payload == b"\x01"
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the child, whatever it is doing."""
        self.close()

    def close(self) -> None:
        """Kill the child, if it lives, and reap it."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()

    def results(self) -> Iterator[bytearray]:
        """Yield what was made of the recording; raises MediaError.

        What reading the file raises comes out unchanged. `seconds` holds good after
        the last.
        """
        self._allow()
        while True:
            kind, payload = self._message()
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
        self._send(Kind.DATA, self._file.read(size))

    def _allow(self) -> None:
        """Grant processor time for the sound that has come."""
        sound = self._got / self._rate if self._rate else 0.0
        if sound > LONGEST:
            raise MediaError(Fault.TOO_MUCH)
        seconds = CPU_FLOOR + self._job.size * _CPU_A_BYTE
        seconds += (min(self._job.start, LONGEST) + sound) * _CPU_A_SECOND
        self._cpu = min(round(seconds), CPU_CEILING)
        if hasattr(resource, "prlimit"):
            both = resource.prlimit(self._child.pid, resource.RLIMIT_CPU)
            if both[1] != resource.RLIM_INFINITY:
                self._cpu = min(self._cpu, both[1])
            resource.prlimit(
                self._child.pid, resource.RLIMIT_CPU, (self._cpu, both[1])
            )

    def _message(self) -> tuple[Kind, bytearray]:
        began = time.monotonic()
        kind, size = HEAD.unpack(self._exactly(HEAD.size, began + _SILENT))
        if size > LARGEST:
            raise MediaError(Fault.CRASHED)
        payload = self._exactly(size, began + _SILENT)
        self._count(began)
        try:
            return Kind(kind), payload
        except ValueError:
            raise MediaError(Fault.CRASHED) from None

    def _count(self, began: float) -> None:
        """Count time spent waiting: what gets on, but only just, ends as well."""
        self._waited += time.monotonic() - began
        if self._waited > self._cpu * _WALL_FOR_CPU:
            raise MediaError(Fault.TOO_MUCH)

    _cpu = CPU_FLOOR

    def _exactly(self, size: int, until: float) -> bytearray:
        found = bytearray()
        while len(found) < size:
            self._await(self._from, select.POLLIN, until)
            piece = os.read(self._from, size - len(found))
            if not piece:
                raise MediaError(self._death())
            found += piece
        return found

    def _send(self, kind: Kind, payload: bytes) -> None:
        message = memoryview(packed(kind, payload))
        until = time.monotonic() + _SILENT
        while message:
            self._await(self._to, select.POLLOUT, until)
            try:
                message = message[os.write(self._to, message) :]
            except BrokenPipeError:
                raise MediaError(self._death()) from None

    def _await(self, pipe: int, event: int, until: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        left = until - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise MediaError(Fault.TOO_MUCH)

    def _death(self) -> Fault:
        """Why the child closed its pipe without a word."""
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(5)
        # A kernel short of memory kills with the second; nobody else does.
        over = {-signal.SIGXCPU, -signal.SIGKILL}
        return Fault.TOO_MUCH if self._child.returncode in over else Fault.CRASHED


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
    ours = {Fault.EMPTY, Fault.NOT_MEDIA, Fault.NO_AUDIO, Fault.TOO_SHORT}
    return named if named in ours | {Fault.DAMAGED, Fault.TOO_MUCH} else Fault.CRASHED
