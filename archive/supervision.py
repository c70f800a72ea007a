"""Starts the processes of one machine, and starts anew what dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from archive import logs
from archive.config import Settings

_LOOK = 0.2
_LONGEST_WAIT = 30.0
_STEADY = 10.0
_STOPPING = 15.0


class NotStartedError(Exception):
    """A process ended before it was ready; it has said why."""


def command(settings: Settings, *words: str) -> list[str]:
    """Return the command line of one of our own processes."""
    program = [sys.executable, "-m", "archive.cli", "--data", str(settings.data)]
    return [*program, *words]


def start_process(settings: Settings, *words: str) -> "subprocess.Popen[bytes]":
    """Start one of our own processes."""
    return subprocess.Popen(command(settings, *words))  # noqa: S603


def start_vault(settings: Settings, *flags: str) -> "subprocess.Popen[bytes]":
    """Start a vault and wait until it answers; raise `NotStartedError`."""
    reading, writing = os.pipe()
    child = subprocess.Popen(  # noqa: S603
        command(settings, "vault", "--with-parent", "--ready", str(writing), *flags),
        pass_fds=(writing,),
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        word = pipe.read()
    if word not in {"ready", "locked"}:
        child.wait()
        raise NotStartedError
    if word == "locked":
        logs.event("locked")
    return child


def stop(child: "subprocess.Popen[bytes]") -> None:
    """End a process, kindly at first."""
    child.terminate()
    try:
        child.wait(_STOPPING)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@dataclass
class Kept:
    """One process that is kept alive."""

    start: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]"
    began: float = field(default_factory=time.monotonic)
    deaths: int = 0
    due: float | None = None

    def look(self, now: float) -> bool:
        """Start it anew if it died; say whether it died young, never having stood."""
        if self.due is not None:
            if now >= self.due:
                self.process, self.began, self.due = self.start(), now, None
            return False
        if self.process.poll() is None:
            if self.deaths and now - self.began > _STEADY:
                self.deaths = 0
            return False
        logs.event("process-died", status=self.process.returncode)
        # A signal is somebody's doing; an exit of its own is a start that failed.
        by_itself = self.process.returncode > 0
        young = by_itself and now - self.began < _STEADY and not self.deaths
        self.deaths += 1
        self.due = now + min(2.0**self.deaths / 2, _LONGEST_WAIT)
        return young


def keep_alive(kept: list[Kept], stopping: Callable[[], bool]) -> bool:
    """Watch until told to stop; return `False` where one would not start at all."""
    began = time.monotonic()
    try:
        while not stopping():
            now = time.monotonic()
            died_young = [each.look(now) for each in kept]
            if any(died_young) and now - began < _STEADY:
                return False
            time.sleep(_LOOK)
        return True
    finally:
        for each in reversed(kept):
            stop(each.process)


def asked_to_stop(*, with_parent: bool = False) -> Callable[[], bool]:
    """Return a question that says yes once this process should stop.

    `with_parent`: also when the process that started it is gone.
    """
    asked: list[int] = []
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, _: asked.append(number))
    parent = os.getppid()
    return lambda: bool(asked) or (with_parent and os.getppid() != parent)
