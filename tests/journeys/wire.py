"""What lies between a tablet and its archive: it can be cut, and stop in mid-request."""

import contextlib
import socket
import threading

_PIECE = 1 << 16
_UPLOAD, _DEPOSIT = b"PATCH /uploads/", b"POST /kiosk/deposits"
_HEAD = b"\r\n\r\n"


class Connection:
    """One connection of the tablet, and ours to the archive for it."""

    def __init__(self, wire, tablet, archive) -> None:
        self.wire = wire
        self.tablet, self.archive = tablet, archive
        self._swallow = False
        # Of an upload: how much of its body may still pass.
        self._passes = None

    def close(self):
        for each in (self.tablet, self.archive):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def up(self):
        self._carry(self.tablet, self.archive, self._of_request)

    def down(self):
        self._carry(self.archive, self.tablet, self._of_answer)

    def _carry(self, source, sink, of):
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                let, stopped = of(data)
                sink.sendall(let)
                if stopped:
                    self.wire.reached.set()
                    return
        self.close()

    def _of_request(self, data):
        """Return what of it passes, and whether it is held from here on."""
        at = self.wire.at
        if at == "deposit" and _DEPOSIT in data:
            return b"", True
        if at == "answer" and _DEPOSIT in data:
            self._swallow = True
        if at == "uploading" and _UPLOAD in data and _HEAD in data:
            self._passes = data.index(_HEAD) + len(_HEAD) + self.wire.part
        if self._passes is None:
            return data, False
        let = data[: self._passes]
        self._passes -= len(let)
        return let, self._passes == 0

    def _of_answer(self, data):
        return (b"", True) if self._swallow else (data, False)


class Wire:
    """Carries what comes to `url` to a port of this machine.

    `at` says where it stops, once: within the body of an "uploading", after `part` of
    its bytes; before a "deposit"; before its "answer". `reached` is set then.
    """

    def __init__(self, to) -> None:
        self.at, self.part = None, 0
        self.reached = threading.Event()
        self._to, self._cut, self._open = to, False, set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def hold(self, at, part=0):
        self.at, self.part = at, part
        self.reached.clear()

    def cut(self):
        """Nothing passes, and all that was under way is over."""
        self._cut, self.at = True, None
        while self._open:
            self._open.pop().close()

    def mend(self):
        self.cut()
        self._cut = False

    def close(self):
        self._listening.close()
        self.cut()

    def _listen(self):
        with contextlib.suppress(OSError):
            while True:
                tablet, _ = self._listening.accept()
                self._connect(tablet)

    def _connect(self, tablet):
        try:
            if self._cut:
                raise ConnectionRefusedError
            archive = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            tablet.close()
            return
        made = Connection(self, tablet, archive)
        self._open.add(made)
        for each in (made.up, made.down):
            threading.Thread(target=each, daemon=True).start()
