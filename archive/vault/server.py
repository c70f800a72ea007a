"""Listens on the vault's two doors, one thread for each connection."""

import selectors
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from archive.vault import wire
from archive.vault.service import Service
from archive.vault.wire import WEB, WORKER, WireError, receive, send

_MOST = 128
_STACK = 1 << 20
_SENDING = 10.0


class VaultServer:
    """Answers until told to stop; whoever may reach the folder may ask."""

    def __init__(self, folder: Path, service: Service, socket_mode: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._service = service
        self._doors = {
            name: wire.listen(folder, name, socket_mode) for name in (WEB, WORKER)
        }
        self._seats = threading.BoundedSemaphore(_MOST)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Accept connections until told to stop."""
        # Locked memory counts whole stacks: the usual 8 MiB for each would be much.
        threading.stack_size(_STACK)
        with selectors.DefaultSelector() as selector:
            for name, door in self._doors.items():
                selector.register(door, selectors.EVENT_READ, name)
            while not stopping():
                for key, _ in selector.select(0.2):
                    self._admit(key.fileobj, str(key.data))

    def close(self) -> None:
        """Stop listening."""
        for door in self._doors.values():
            door.close()

    def _admit(self, door: object, name: str) -> None:
        if not isinstance(door, socket.socket):
            return
        connection, _ = door.accept()
        if not self._seats.acquire(blocking=False):
            connection.close()
            return
        threading.Thread(
            target=self._serve, args=(connection, name), daemon=True
        ).start()

    def _serve(self, connection: socket.socket, name: str) -> None:
        try:
            with connection:
                while True:
                    connection.settimeout(None)
                    head, _ = receive(connection)
                    answer, body = self._service.answer(head, name)
                    connection.settimeout(_SENDING)
                    send(connection, answer, body)
        except WireError:
            # Whoever asked is gone, or spoke nonsense: there is no one to answer.
            return
        finally:
            self._seats.release()
