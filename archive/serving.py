"""Web, worker and vault as processes of one archive; only the vault holds keys."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from typing_extensions import override

from archive import hardening, logs
from archive.app import create_app
from archive.clock import now
from archive.config import Settings
from archive.house import furnish
from archive.installation import Installation
from archive.supervision import (
    Kept,
    asked_to_stop,
    keep_alive,
    start_process,
    start_vault,
)
from archive.vault.client import strongroom_at
from archive.web.wiring import Wiring

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


def serve_web(settings: Settings, host: str, port: int) -> None:
    """Serve the web until stopped; this process and its children hold no key."""
    hardening.end_with_parent()
    hardening.keep_memory_private()

    def load() -> Any:
        installation = Installation(settings)
        room = strongroom_at(settings.sockets)
        house = furnish(installation, installation.open(), room, now)
        return create_app(Wiring(settings, house))

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
        "umask": 0o077,
    }
    Server(options, load).run()


def serve(settings: Settings, host: str, port: int, *, worker: bool) -> bool:
    """Serve until stopped: vault, web and worker; return whether it started at all."""
    vault = start_vault(settings)
    return keep_serving(settings, vault, host, port, worker=worker)


def keep_serving(
    settings: Settings,
    vault: "subprocess.Popen[bytes]",
    host: str,
    port: int,
    *,
    worker: bool,
) -> bool:
    """Serve beside a vault that runs already."""
    web = ("web", "--host", host, "--port", str(port))
    words = [web, ("work", "--with-parent")] if worker else [web]
    # A vault that died has no one at its prompt: it comes back as a file lets it.
    kept = [Kept(lambda: start_vault(settings, "--no-prompt"), vault)]
    for each in words:
        start = partial(start_process, settings, *each)
        kept.append(Kept(start, start()))
    return keep_alive(kept, asked_to_stop())
