"""Web and worker as processes of one archive; the key passes between them by a pipe."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from typing_extensions import override

from archive import logs
from archive.app import create_app
from archive.clock import now
from archive.config import Settings
from archive.house import furnish
from archive.installation import Installation
from archive.keys import ArchiveKeys
from archive.web.wiring import Wiring
from storage.archive_identity import (
    ArchiveIdentity,
    identity_file,
    parse_identity_file,
)

_THREADS = 8


class QuietLogger(Logger):  # type: ignore[misc]
    """Says that something failed, never for whom: no address, no path, no message."""

    @override
    def warning(self, msg: object, *args: object, **kwargs: object) -> None:
        """Say nothing: gunicorn's warnings name the client's address."""

    @override
    def exception(self, msg: object, *args: object, **kwargs: object) -> None:
        """Say what kind of error it was."""
        logs.event("server-error", kind=type(sys.exc_info()[1]).__name__)

    @override
    def error(self, msg: object, *args: object, **kwargs: object) -> None:
        """Say that there was one."""
        logs.event("server-error", kind=str(msg).split("%", maxsplit=1)[0].strip())


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with one process a core; each makes the application after the fork."""

    def __init__(self, options: dict[str, Any], load: Callable[[], Any]) -> None:
        self._options = options
        self._load = load
        super().__init__()

    @override
    def load_config(self) -> None:
        """Set what we choose; nothing is read from files."""
        for key, value in self._options.items():
            self.cfg.set(key, value)

    @override
    def load(self) -> Any:
        """Make the application, in the process that serves it."""
        return self._load()


def serve(
    settings: Settings,
    identity: ArchiveIdentity | None,
    host: str,
    port: int,
    *,
    worker: bool,
) -> None:
    """Serve until stopped; the worker lives and dies with the web."""
    child = start_worker(settings, identity) if worker and identity else None

    def load() -> Any:
        installation = Installation(settings)
        keys = ArchiveKeys(installation.keys, identity)
        house = furnish(installation, installation.open(), keys, now)
        return create_app(Wiring(settings, house, keys.locked))

    def stop(_server: Any) -> None:
        if child is not None:
            child.terminate()
            child.wait()

    options = {
        "bind": f"{host}:{port}",
        "workers": os.cpu_count() or 1,
        "threads": _THREADS,
        "worker_class": "gthread",
        "control_socket_disable": True,
        "accesslog": None,
        "logger_class": QuietLogger,
        "timeout": 120,
        "graceful_timeout": 5,
        "proc_name": "resguardo",
        "on_exit": stop,
        "umask": 0o077,
    }
    Server(options, load).run()


def start_worker(
    settings: Settings, identity: ArchiveIdentity, *flags: str
) -> "subprocess.Popen[bytes]":
    """Start a worker process; the identity reaches it by a pipe, nothing else does."""
    reading, writing = os.pipe()
    command = [
        sys.executable,
        "-m",
        "archive.cli",
        "--data",
        str(settings.data),
        "work",
        "--identity-from",
        str(reading),
        *flags,
    ]
    child = subprocess.Popen(command, pass_fds=(reading,))  # noqa: S603
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(identity_file(identity))
    return child


def identity_from(descriptor: int) -> ArchiveIdentity:
    """Read the identity that a parent process wrote to a pipe."""
    with os.fdopen(descriptor, "rb") as pipe:
        return parse_identity_file(pipe.read())


def stop_on_signals(*, with_parent: bool) -> Callable[[], bool]:
    """Return a question that says yes once this process should stop.

    `with_parent`: also when the process that started it is gone.
    """
    asked: list[int] = []
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, _: asked.append(number))
    parent = os.getppid()
    return lambda: bool(asked) or (with_parent and os.getppid() != parent)
