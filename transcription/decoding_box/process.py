"""The child as a process: started, spoken with, given time, killed and reaped."""

import os
import resource
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from transcription.decoding_box.limits import CPU_CEILING, CPU_FLOOR
from transcription.decoding_box.wire import HEAD, LARGEST, Kind, packed
from transcription.errors import Fault, MediaError

SILENT = 120.0
"""Seconds of wall time in which a child has to get on."""

_WALL_FOR_CPU = 10.0
_DYING = 5.0

_START = (
    "import sys; sys.path.insert(0, sys.argv.pop());"
    "from transcription.decoding_box.child import main; main()"
)
_ROOT = str(Path(__file__).resolve().parents[2])
# One thread: a second would be refused, and takes memory.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Child:
    """One child; every way it can fail comes out as MediaError."""

    def __init__(self) -> None:
        """Start it: a program of its own, with no memory or variable of this one."""
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-B", "-c", _START, str(os.getpid()), _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        assert self._process.stdin is not None  # noqa: S101 - for the type
        assert self._process.stdout is not None  # noqa: S101 - for the type
        self._pipes = (self._process.stdin, self._process.stdout)
        self._to, self._from = (pipe.fileno() for pipe in self._pipes)
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._cpu = CPU_FLOOR
        self._waited = 0.0

    def close(self) -> None:
        """Kill it, if it lives, and reap it."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes:
            pipe.close()

    def allow(self, seconds: float) -> None:
        """Grant so much processor time in all, and wall time to go with it."""
        self._cpu = min(round(seconds), CPU_CEILING)
        if sys.platform.startswith("linux"):
            pid, what = self._process.pid, resource.RLIMIT_CPU
            _, most = resource.prlimit(pid, what)
            if most != resource.RLIM_INFINITY:
                self._cpu = min(self._cpu, most)
            resource.prlimit(pid, what, (self._cpu, most))

    def message(self) -> tuple[Kind, bytearray]:
        """Wait for what it says next."""
        began = time.monotonic()
        kind, size = HEAD.unpack(self._exactly(HEAD.size, began + SILENT))
        if size > LARGEST:
            raise MediaError(Fault.CRASHED)
        payload = self._exactly(size, began + SILENT)
        # What gets on, but only just, has to end as well.
        self._waited += time.monotonic() - began
        if self._waited > self._cpu * _WALL_FOR_CPU:
            raise MediaError(Fault.TOO_MUCH)
        try:
            return Kind(kind), payload
        except ValueError:
            raise MediaError(Fault.CRASHED) from None

    def send(self, kind: Kind, payload: bytes) -> None:
        """Say something to it."""
        message = memoryview(packed(kind, payload))
        until = time.monotonic() + SILENT
        while message:
            self._await(self._to, select.POLLOUT, until)
            try:
                message = message[os.write(self._to, message) :]
            except BrokenPipeError:
                raise MediaError(self._death()) from None

    def _exactly(self, size: int, until: float) -> bytearray:
        found = bytearray()
        while len(found) < size:
            self._await(self._from, select.POLLIN, until)
            piece = os.read(self._from, size - len(found))
            if not piece:
                raise MediaError(self._death())
            found += piece
        return found

    def _await(self, pipe: int, event: int, until: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        left = until - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise MediaError(Fault.TOO_MUCH)

    def _death(self) -> Fault:
        """Why it closed its pipe without a word."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING)
        # A kernel short of memory kills with the second; nobody else does.
        over = {-signal.SIGXCPU, -signal.SIGKILL}
        return Fault.TOO_MUCH if self._process.returncode in over else Fault.CRASHED
