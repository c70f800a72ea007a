"""The vault's life: private memory, a passphrase if there is one, two sockets."""

import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from archive import hardening, logs, orphans, passphrase
from archive.access import Keeping, LockedError, Locking, LockState
from archive.clock import now
from archive.config import Settings
from archive.database import Database
from archive.gate import Gate
from archive.installation import Installation
from archive.strongroom import strongroom
from archive.upkeep import PAUSE, Upkeep
from archive.vault.server import VaultServer
from archive.vault.service import Service

_BETWEEN_TIDYING = 300.0
_SOCKET_MODE = 0o600


class VaultRunsError(Exception):
    """Another vault of this archive is alive."""


class Relocking:
    """Locks by starting the process anew: no memory of a key outlives that."""

    def __init__(self, lock: Locking) -> None:
        self._lock = lock
        self.asked = threading.Event()

    def state(self) -> LockState:
        """Say whether the archive is locked, and what would open it."""
        return self._lock.state()

    def unlock(self, secrets: list[str]) -> None:
        """Open with a passphrase, or with the secrets of enough custodians."""
        if not self.asked.is_set():
            self._lock.unlock(secrets)

    def lock(self) -> None:
        """Let go of every key at once, then of the memory that they were in."""
        self._lock.lock()
        self.asked.set()


def run(
    settings: Settings,
    stopping: Callable[[], bool],
    *,
    locked: bool,
    prompt: bool,
    ready: int | None,
) -> bool:
    """Serve until stopped; return whether to start anew, locked.

    `ready`: a pipe that is told `ready` or `locked` once questions are answered.
    """
    hardening.keep_memory_private()
    hardening.keep_memory_from_swap()
    installation = Installation(settings)
    with closing(installation.open()) as database, _alone(settings.sockets):
        room = strongroom(installation, database, now)
        relocking = Relocking(room.lock)
        room = replace(room, lock=relocking)
        given = None if locked else passphrase.offered(settings, prompt=prompt)
        if given is not None:
            try:
                room.lock.unlock([given])
            except LockedError:
                logs.event("stays-locked", reason=room.lock.state().reason)
            del given
        room.keeping.finish_erasures()
        server = VaultServer(settings.sockets, Service(room), _SOCKET_MODE)
        _tell(ready, "locked" if room.lock.state().locked else "ready")
        tidying = Tidying(installation, database, room.keeping)
        threading.Thread(target=tidying.run, args=(stopping,), daemon=True).start()
        if isinstance(room.gate, Gate):
            upkeep = Upkeep(database, room.gate, now)
            keep = threading.Thread(target=_keep, args=(upkeep, stopping), daemon=True)
            keep.start()
        with closing(server):
            server.run(lambda: stopping() or relocking.asked.is_set())
    return relocking.asked.is_set() and not stopping()


def start_anew(settings: Settings, *flags: str) -> None:
    """Replace this process by a locked one; its whole memory goes."""
    # A stop that comes meanwhile must not be lost between two programs.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    command = [sys.executable, "-m", "archive.cli", "--data", str(settings.data)]
    os.execv(sys.executable, [*command, "vault", "--locked", *flags])  # noqa: S606


def _tell(ready: int | None, word: str) -> None:
    logs.event(f"vault-{word}")
    if ready is not None:
        with os.fdopen(ready, "w") as pipe:
            pipe.write(word)


@dataclass(frozen=True)
class Tidying:
    """What is left over; only who sees the keyring can tell."""

    installation: Installation
    database: Database
    keeping: Keeping

    def once(self) -> None:
        """Finish erasures, then delete sealed files that belong to nothing."""
        self.keeping.finish_erasures()
        orphans.sweep(self.installation, self.database, now)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Do it now and then."""
        pause = threading.Event()
        while not stopping():
            pause.wait(_BETWEEN_TIDYING)
            try:
                self.once()
            except Exception as error:  # noqa: BLE001 - tried again in five minutes
                logs.event("tidy-error", kind=type(error).__name__)


def _keep(upkeep: Upkeep, stopping: Callable[[], bool]) -> None:
    pause, step = threading.Event(), upkeep.begin
    while not stopping():
        try:
            step()
            step = upkeep.step
        except Exception as error:  # noqa: BLE001 - tried again in a few seconds
            logs.event("upkeep-error", kind=type(error).__name__)
        pause.wait(PAUSE)


class _alone:  # noqa: N801 - reads as what it does
    """Hold the folder of the sockets, or raise `VaultRunsError`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = (folder / "vault.lock").open("wb")

    def __enter__(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise VaultRunsError from error

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()
