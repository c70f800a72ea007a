"""Web, worker and vault as processes of one archive; only the vault holds keys."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from archive.local_tls import LocalTLS
from archive.setup_page import create_setup_page
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


@dataclass(frozen=True)
class Listening:
    """Where the web listens; over https with our own certificate where `tls`."""

    host: str
    port: int
    tls: bool = False
    setup_port: int | None = None

    def words(self) -> list[tuple[str, ...]]:
        """Return the commands of the processes that listen."""
        place = ("--host", self.host, "--port")
        words = [("web", *place, str(self.port), *(("--tls",) if self.tls else ()))]
        if self.setup_port is not None:
            setup = (*place, str(self.setup_port), "--tls-port", str(self.port))
            words.append(("kiosk-page", *setup))
        return words


def serve_web(
    settings: Settings, host: str, port: int, *, own_tls: bool = False
) -> None:
    """Serve the web until stopped; this process and its children hold no key.

    `own_tls`: over https, with the certificate of `resguardo kiosk-setup`; raises
    `NoCertificateError`.
    """
    hardening.end_with_parent()
    hardening.keep_memory_private()
    certificate: dict[str, Any] = {}
    if own_tls:
        tls = LocalTLS(settings.data)
        tls.standing()
        settings = replace(settings, https=True)
        # Read anew for each connection: a renewed one needs no new start.
        certificate = {"certfile": str(tls.server), "keyfile": str(tls.server)}

    def load() -> Any:
        installation = Installation(settings)
        room = strongroom_at(settings.sockets)
        house = furnish(installation, installation.open(), room, now)
        return create_app(Wiring(settings, house, own_tls))

    workers = os.cpu_count() or 1
    Server(_options(host, port, workers) | certificate, load).run()


def serve_setup_page(settings: Settings, host: str, port: int, tls_port: int) -> None:
    """Serve the page that installs the certificate until stopped; it has no archive."""
    hardening.end_with_parent()
    hardening.keep_memory_private()
    tls = LocalTLS(settings.data)
    tls.standing()
    Server(_options(host, port, 1), lambda: create_setup_page(tls, tls_port)).run()


def _options(host: str, port: int, workers: int) -> dict[str, Any]:
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
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


def serve(settings: Settings, listening: Listening, *, worker: bool) -> bool:
    """Serve until stopped: vault, web and worker; return whether it started at all."""
    return keep_serving(settings, start_vault(settings), listening, worker=worker)


def keep_serving(
    settings: Settings,
    vault: "subprocess.Popen[bytes]",
    listening: Listening,
    *,
    worker: bool,
) -> bool:
    """Serve beside a vault that runs already."""
    words = listening.words()
    if worker:
        words.append(("work", "--with-parent"))
    # A vault that died has no one at its prompt: it comes back as a file lets it.
    kept = [Kept(lambda: start_vault(settings, "--no-prompt"), vault)]
    for each in words:
        start = partial(start_process, settings, *each)
        kept.append(Kept(start, start()))
    return keep_alive(kept, asked_to_stop())
