"""A link of so many Mbit/s with a round trip, for whoever connects to its port.

The browser's own throttle is left alone: it counts for a page, not for what a service
worker or another program sends, and so could not carry a peer beside it.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_PIECE = 4096
# As much as a router holds back, in seconds: the link is busy while we look away.
_QUEUE = 0.1
_BITS = 8


@dataclass
class Lane:
    """One direction of all connections: bytes that went, and when it is free."""

    rate: float
    delay: float
    bytes: int = 0
    free: float = 0.0

    async def carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        """Give on what comes, no sooner than the link would, until its end."""
        loop, due = asyncio.get_running_loop(), 0.0
        with contextlib.suppress(ConnectionError):
            while piece := await source.read(_PIECE):
                self.free = max(self.free, loop.time()) + len(piece) / self.rate
                self.bytes += len(piece)
                due = self.free
                loop.call_at(due + self.delay, sink.write, piece)
                await asyncio.sleep(due - loop.time() - _QUEUE)
        loop.call_at(max(due + self.delay, loop.time()), sink.close)


class SlowLink:
    """Carries connections on `port` to `to`; `megabits` each way."""

    def __init__(self, to: int, megabits: float, round_trip: float) -> None:
        rate = megabits * 1_000_000 / _BITS
        self.up, self.down = Lane(rate, round_trip / 2), Lane(rate, round_trip / 2)
        self._to = to
        self.port = 0

    def alone(self, size: int) -> float:
        """Return the seconds that the link itself needs for so many bytes up."""
        return size / self.up.rate

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        """Carry until it is over."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except ConnectionError:
            writer.close()
            return
        await asyncio.gather(
            self.up.carry(reader, back), self.down.carry(there, writer)
        )


@contextmanager
def slow_link(to: int, megabits: float, round_trip: float) -> Iterator[SlowLink]:
    """Run a link to a port of this machine; `round_trip` in seconds."""
    link, loop = SlowLink(to, megabits, round_trip), asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=[link.serve(ready, over)], daemon=True
    )
    thread.start()
    ready.wait()
    try:
        yield link
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
