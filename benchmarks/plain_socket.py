"""The peer of `benchmarks.vault`: ranges of a clear file, over a Unix socket.

Usage: python -m benchmarks.plain_socket FILE SOCKET
A question is an offset and a length, 8 bytes each; the answer is the bytes alone.
"""

import os
import socket
import struct
import sys
import threading

QUESTION = struct.Struct("!QQ")


def ask(connection: socket.socket, offset: int, length: int) -> bytes:
    """Return a range."""
    connection.sendall(QUESTION.pack(offset, length))
    found, got = bytearray(length), 0
    while got < length:
        more = connection.recv_into(memoryview(found)[got:])
        if not more:
            raise EOFError
        got += more
    return bytes(found)


def _answer(connection: socket.socket, file: int) -> None:
    while question := connection.recv(QUESTION.size, socket.MSG_WAITALL):
        offset, length = QUESTION.unpack(question)
        connection.sendall(os.pread(file, length, offset))


def main() -> None:
    """Answer until killed, with a thread for each connection, as the vault has."""
    file = os.open(sys.argv[1], os.O_RDONLY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(sys.argv[2])
        door.listen(64)
        while True:
            connection, _ = door.accept()
            threading.Thread(
                target=_answer, args=(connection, file), daemon=True
            ).start()


if __name__ == "__main__":
    main()
