"""Listens on the vault's two doors, one thread for each connection.

Who holds connections open, or dribbles into them, keeps nobody else out for long.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from archive import logs
from archive.vault import wire
from archive.vault.service import Service
from archive.vault.wire import QUESTION, WEB, WORKER, WireError, receive, send

_MOST = 128
_STACK = 1 << 20
_ASKING = _SENDING = 10.0
_LEAVING = 1.0


class VaultServer:
    """Answers until told to stop; whoever may reach the folder may ask."""

    def __init__(self, folder: Path, service: Service, socket_mode: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._service = service
        self._doors = {
            name: wire.listen(folder, name, socket_mode) for name in (WEB, WORKER)
        }
        self._seats = threading.BoundedSemaphore(_MOST)
        self._idle: dict[socket.socket, None] = {}
        self._lock = threading.Lock()

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
        try:
            connection, _ = door.accept()
        except OSError as error:
            # Whoever came is gone again, or there are too many open files by now.
            logs.event("vault-busy", kind=type(error).__name__)
            time.sleep(_LEAVING / 10)
            return
        if not self._seats.acquire(blocking=False) and not self._seat_taken_back():
            connection.close()
            return
        serving = threading.Thread(
            target=self._serve, args=(connection, name), daemon=True
        )
        try:
            serving.start()
        except RuntimeError:
            connection.close()
            self._seats.release()

    def _seat_taken_back(self) -> bool:
        """Send away who has asked nothing for longest; say whether that made room."""
        with self._lock:
            longest = next(iter(self._idle), None)
            if longest is None:
                return False
            del self._idle[longest]
            with suppress(OSError):
                longest.shutdown(socket.SHUT_RDWR)
        return self._seats.acquire(timeout=_LEAVING)

    def _serve(self, connection: socket.socket, name: str) -> None:
        try:
            with connection:
                while self._asked(connection):
                    deadline = time.monotonic() + _ASKING
                    head, _ = receive(connection, deadline, QUESTION)
                    answer, body = self._service.answer(head, name)
                    connection.settimeout(_SENDING)
                    send(connection, answer, body)
        except WireError:
            # Whoever asked is gone, or spoke nonsense: there is no one to answer.
            return
        finally:
            self._seats.release()

    def _asked(self, connection: socket.socket) -> bool:
        """Wait for a question; say whether there is one."""
        with self._lock:
            self._idle[connection] = None
        try:
            connection.settimeout(None)
            return bool(connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False
        finally:
            with self._lock:
                self._idle.pop(connection, None)
