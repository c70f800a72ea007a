"""Frames between the vault and those who ask it: a JSON head and a body of bytes.

Each is preceded by its length, 4 bytes in network order. Nothing is believed: lengths
are bounded, and a whole frame has to come before its deadline.
"""

import json
import os
import socket
import struct
import time
from pathlib import Path

from archive.access import MAX_RANGE

MAX_HEAD = 16 << 20
MAX_BODY = MAX_RANGE
# A folder for each, so that a service can be kept from the door that is not its own.
WEB, WORKER = "web/vault.sock", "worker/vault.sock"
ANSWER, QUESTION = (MAX_HEAD, MAX_BODY), (1 << 20, 0)
"""The most that the head and the body of a frame may have."""
_LENGTHS = struct.Struct("!II")

Head = dict[str, object]


class WireError(Exception):
    """The other side is gone, too slow, or does not speak our language."""


def send(connection: socket.socket, head: Head, body: bytes = b"") -> None:
    """Send a frame; raise `WireError`."""
    told = json.dumps(head).encode()
    try:
        connection.sendall(_LENGTHS.pack(len(told), len(body)) + told + body)
    except OSError as error:
        raise WireError from error


def receive(
    connection: socket.socket,
    deadline: float | None = None,
    most: tuple[int, int] = ANSWER,
) -> tuple[Head, bytes]:
    """Return the next frame, whole before `deadline` (monotonic seconds).

    Raise `WireError`; also where the other side has closed.
    """
    lengths = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, deadline))
    if lengths[0] > most[0] or lengths[1] > most[1]:
        raise WireError("too large")
    told = bytes(_exactly(connection, lengths[0], deadline))
    body = bytes(_exactly(connection, lengths[1], deadline))
    try:
        head = json.loads(told)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(head, dict):
        raise WireError("not an object")
    return head, body


def connect(folder: Path, name: str, timeout: float) -> socket.socket:
    """Connect to a vault's socket; raise `WireError`."""
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    found.settimeout(timeout)
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        try:
            # By descriptor: the path of a socket may have 107 bytes only (unix(7)).
            found.connect(f"/proc/self/fd/{descriptor}/{name}")
        finally:
            os.close(descriptor)
    except OSError as error:
        found.close()
        raise WireError from error
    return found


def listen(folder: Path, name: str, mode: int) -> socket.socket:
    """Return a listening socket in a folder, in place of what a dead vault left."""
    path = folder / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        found.bind(f"/proc/self/fd/{descriptor}/{name}")
    finally:
        os.close(descriptor)
    path.chmod(mode)
    found.listen(64)
    return found


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytearray:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        try:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise WireError("too slow")
                connection.settimeout(left)
            more = connection.recv_into(view[got:])
        except OSError as error:
            raise WireError from error
        if not more:
            raise WireError("closed")
        got += more
    return buffer
