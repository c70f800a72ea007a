"""Connections to the vault: kept, shared by threads, and trusted with nothing."""

import select
import socket
import threading
import time
from pathlib import Path

from archive.access import VaultUnavailableError
from archive.vault.failures import raised
from archive.vault.wire import Head, WireError, connect, receive, send

PATIENCE = 2.0
"""Seconds after which no answer is a no."""

_IDLE = 16


class Connections:
    """Asks the vault; whatever goes wrong is `VaultUnavailableError`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def ask(
        self, operation: str, patience: float = PATIENCE, /, **told: object
    ) -> tuple[Head, bytes]:
        """Return the vault's answer, or raise what it refused with."""
        deadline = time.monotonic() + patience
        try:
            connection = self._take(patience)
            try:
                connection.settimeout(patience)
                send(connection, {"do": operation, **told})
                head, body = receive(connection, deadline)
            except BaseException:
                connection.close()
                raise
        except WireError as error:
            raise VaultUnavailableError from error
        self._give_back(connection)
        if "error" in head:
            raise raised(head)
        return head, body

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self, patience: float) -> socket.socket:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            # Nothing may wait on an idle connection: its vault is gone, or out of step.
            if not select.select([connection], [], [], 0)[0]:
                return connection
            connection.close()
        return connect(self._folder, self._name, patience)

    def _give_back(self, connection: socket.socket) -> None:
        with self._lock:
            if len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()
