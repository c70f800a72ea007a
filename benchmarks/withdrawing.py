"""How fast a no arrives: 200 listeners on a running archive when it is withdrawn.

Usage: python -m benchmarks.withdrawing [listeners] [rounds]
Each listener plays on: 64 KiB ranges one after the other over a kept connection. The
peer is a file in the clear by the same server, which is deleted. Times are from the
moment at which withdrawing (or deleting) returned.
"""

import http.client
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field

from sqlalchemy import select

from archive.clock import now
from archive.config import Settings
from archive.house import House, furnish
from archive.installation import Installation
from archive.models.testimony import Testimony
from archive.strongroom import strongroom
from benchmarks import served
from benchmarks.listening import FOLDER
from benchmarks.machine import describe
from consent.actors import Narrator

SIZE = 16 << 20
RANGE = 64 << 10
PAUSE = 0.5
_LONGEST = 30.0


@dataclass
class Listener:
    """One who listens on; what came when, by one clock for all."""

    no: int
    given: list[tuple[float, float]] = field(default_factory=list)
    refused: float | None = None

    def listen(self, port: int, path: str, stop: float) -> None:
        """Ask for ranges until one is refused."""
        place = int.from_bytes(os.urandom(3), "big")
        time.sleep(place % 1000 / 1000 * PAUSE)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST)
        while (asked := time.monotonic()) < stop:
            start = place % (SIZE - RANGE)
            place += RANGE
            headers = {"Range": f"bytes={start}-{start + RANGE - 1}"}
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                # The server ends kept connections as it likes: a player comes back.
                connection.close()
                continue
            if answer.status == http.client.PARTIAL_CONTENT:
                self.given.append((asked, time.monotonic()))
            elif answer.status == self.no:
                self.refused = time.monotonic()
                return
            time.sleep(PAUSE)


def round_of(
    port: int, path: str, listeners: int, close: Callable[[], None], no: int
) -> tuple[list[Listener], float]:
    """Let all listen for a while, close, and return what each saw and when it was."""
    found = [Listener(no) for _ in range(listeners)]
    stop = time.monotonic() + _LONGEST
    threads = [
        threading.Thread(target=each.listen, args=(port, path, stop)) for each in found
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < stop - _LONGEST / 2 and not all(e.given for e in found):
        time.sleep(0.05)
    close()
    closed = time.monotonic()
    for thread in threads:
        thread.join()
    return found, closed


def told(name: str, rounds: list[tuple[list[Listener], float]]) -> float:
    """Print when the first no came, each listener's, and the last; return p50."""
    first, each, stopped, late, silent = [], [], [], 0, 0
    for found, closed in rounds:
        refused = [e.refused - closed for e in found if e.refused is not None]
        silent += sum(e.refused is None for e in found)
        first.append(min(refused))
        each += refused
        given = [came - closed for e in found for _, came in e.given]
        stopped.append(max(0.0, *given))
        late += sum(asked > closed for e in found for asked, _ in e.given)
    each.sort()
    p50, p99 = (each[int(len(each) * q)] for q in (0.5, 0.99))
    print(
        f"{name:<18}{max(first):>12.3f}{p50:>10.3f}{p99:>10.3f}{max(stopped):>12.3f}"
        f"{late:>8}{silent:>8}"
    )
    return p50


def ours(
    listeners: int, rounds: int, testimony: str
) -> list[tuple[list[Listener], float]]:
    """Withdraw while all listen; restore for the next round."""
    installation = Installation(Settings(data=FOLDER / "var", cooling_off_hours=0))
    port, found = served.free_port(), []
    with closing(installation.open()) as database, served.resguardo(FOLDER, port):
        room = strongroom(installation, database, now)
        house = furnish(installation, database, room, now)
        narrator = narrator_of(house, testimony)
        for _ in range(rounds):
            found.append(
                round_of(
                    port,
                    f"/media/{testimony}/audio",
                    listeners,
                    lambda: house.wishes.withdraw(narrator, testimony),
                    http.client.NOT_FOUND,
                )
            )
            house.wishes.restore(narrator, testimony)
    return found


def narrator_of(house: House, testimony: str) -> Narrator:
    """Return whose it is."""
    with house.database.reading() as session:
        told = session.scalar(
            select(Testimony.narrator_id).where(Testimony.testimony_id == testimony)
        )
    return Narrator(str(told))


def theirs(
    listeners: int, rounds: int, sound: bytes
) -> list[tuple[list[Listener], float]]:
    """Delete the file while all listen; put it back for the next round."""
    plain = FOLDER / "plain.mp3"
    found = []
    for _ in range(rounds):
        plain.write_bytes(sound)
        port = served.free_port()
        server: AbstractContextManager[object] = served.plain(
            "benchmarks.plain_file:app", FOLDER, port
        )
        with server:
            # Flask cannot open what is gone, and says that it failed.
            failed = http.client.INTERNAL_SERVER_ERROR
            found.append(round_of(port, "/", listeners, plain.unlink, failed))
    return found


def main() -> None:
    """Measure both in one run."""
    listeners = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    testimony, sound = served.build(FOLDER, SIZE)
    mine = ours(listeners, rounds, testimony)
    peer = theirs(listeners, rounds, sound)
    print(describe("flask", "gunicorn", "sqlalchemy"))
    print(f"load {os.getloadavg()[0]:.1f}; {listeners} listeners, {rounds} rounds, s")
    print(
        f"{'':<18}{'first no':>12}{'p50':>10}{'p99':>10}{'last byte':>12}"
        f"{'late':>8}{'silent':>8}"
    )
    to_peer = told("withdrawn", mine) / told("file deleted", peer)
    print(f"ratio of p50 to the peer's: {to_peer:.2f}")
    print("first no: at the gate (aim 1 s). p50, p99: until each listener was refused.")
    print(
        "last byte: until every stream had stopped (aim 10 s). late: ranges that were"
    )
    print("asked for afterwards and given all the same. silent: never refused.")


if __name__ == "__main__":
    main()
