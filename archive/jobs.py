"""Who works on which testimony: a lock that the kernel lets go of when a worker dies.

The queue itself is the table `transcription_job`, written in the same transaction as
the deposit, so no job is ever lost between two stores. Only ids, states and seconds
stand in it (`docs/decisions/0004-the-queue-is-a-table.md`).
"""

import fcntl
import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archive.models.transcription_job import TranscriptionJob
from consent.standing import Standing

STATES = ("waiting", "running", "paused", "cancelled", "done", "failed", "refused")
DAMAGED = "damaged"
UNDER_WAY = frozenset({"waiting", "running"})
TELLING, LEFT_OUT = "telling", "left-out"
"""All words are heard, and who speaks is being told; or is not to be told at all."""

MOVES: Mapping[str, Mapping[str, str]] = {
    "pause": dict.fromkeys(UNDER_WAY, "paused"),
    "resume": {"paused": "waiting"},
    "cancel": dict.fromkeys(UNDER_WAY | {"paused"}, "cancelled"),
    "retry": {"failed": "waiting", "cancelled": "waiting"},
}
"""What a caretaker may do with a job: from which state to which."""

_ID = re.compile(r"[0-9a-f]{32}")


class TakenError(Exception):
    """Another worker has this job."""


def state_of(job: TranscriptionJob) -> str:
    """Return a job's state; what rot made of it is `damaged`."""
    return job.state if job.state in STATES else DAMAGED


def seconds_of(seconds: object) -> float:
    """Return seconds of sound; what rot made of them is none."""
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def may_be_written_down(standing: Standing) -> bool:
    """Say whether its narrators let a machine hear a testimony, as they last said."""
    return not standing.withdrawn and all(
        each.said.transcription for each in standing.consents
    )


def moves_of(state: str) -> tuple[str, ...]:
    """Name what a caretaker may do with a job in this state."""
    return tuple(move for move, states in MOVES.items() if state in states)


def seconds_left(job: TranscriptionJob) -> float | None:
    """Return how long hearing the rest will take, in seconds, where that is known."""
    speed, total = seconds_of(job.speed), seconds_of(job.total_seconds)
    if state_of(job) != "running" or not 0 < speed < math.inf or total <= 0:
        return None
    return max(0.0, total - seconds_of(job.done_seconds)) / speed


@contextmanager
def claimed(locks: Path, job_id: str) -> Iterator[None]:
    """Hold a job while working on it; raise `TakenError` if someone alive has it."""
    if not _ID.fullmatch(job_id):
        raise ValueError("not a job's id")
    locks.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = locks / f"{job_id}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TakenError from error
        if not _same_file(descriptor, path):
            # Its last holder removed it between our opening and our locking.
            raise TakenError
        yield
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
