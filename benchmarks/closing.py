"""How soon each way out says no, from the moment a narrator presses the button.

Usage: python -m benchmarks.closing [tries] [seconds of sound]
A real `resguardo serve`: vault and web processes. While a narrator closes, every way is
asked again and again over a kept connection; one of them is a stream that is running.
Times are from before the act was begun, so they hold its commit too: an upper bound.
"""

import http.client
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from archive.clock import now
from archive.config import Settings
from archive.house import House, furnish
from archive.installation import Installation
from archive.strongroom import strongroom
from benchmarks import served
from benchmarks.machine import describe
from benchmarks.withdrawing import narrator_of
from consent.actors import Narrator
from consent.audiences import PUBLIC
from consent.levels import Level
from consent.parts import Part
from consent.terms import SILENCE, Passage, Permission, Terms
from consent.timeline import Span
from transcription.transcript import Segment, Transcript

FOLDER = served.Path("build/benchmark-closing")
SIZE = 32 << 20
CHUNK = 64 << 10
AT_PLAYERS_PACE = 0.01
LONGEST = 30.0
MARK = "chirimoya"
OF_A_PASSAGE = {"running stream", "captions", "words to read"}
"""Ways that say no once all of it is one passage; that it exists is still told."""
OPEN = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})


@dataclass(frozen=True)
class Way:
    """One way out; `given` says of a body whether it still gives what was closed."""

    name: str
    path: str
    given: Callable[[bytes], bool] = bool
    stream: bool = False


@dataclass(frozen=True)
class Act:
    """What a narrator does, how it is undone, and which ways have to say no.

    One that closes a part brings ways of its own, whose `given` looks for that part.
    """

    name: str
    do: Callable[[], object]
    undo: Callable[[], object]
    ways: tuple[Way, ...]


@dataclass
class Watcher:
    """Asks one way again and again, until it says no."""

    way: Way
    port: int
    asked_and_came: list[tuple[float, float]] = field(default_factory=list)
    refused: float | None = None

    def watch(self, until: float) -> None:
        """Note every time when something was given, and when no more was."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        while (asked := time.monotonic()) < until:
            try:
                connection.request("GET", self.way.path)
                answer = connection.getresponse()
                whole = answer.status == http.client.OK and (
                    self._stream(answer, asked)
                    if self.way.stream
                    else self._body(answer, asked)
                )
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                whole = not self.way.stream
            if not whole:
                self.refused = time.monotonic()
                return
        connection.close()

    def _body(self, answer: http.client.HTTPResponse, asked: float) -> bool:
        given = self.way.given(answer.read())
        if given:
            self.asked_and_came.append((asked, time.monotonic()))
        return given

    def _stream(self, answer: http.client.HTTPResponse, asked: float) -> bool:
        left = SIZE
        while piece := answer.read(CHUNK):
            self.asked_and_came.append((asked, time.monotonic()))
            left -= len(piece)
            time.sleep(AT_PLAYERS_PACE)
        return not left


@dataclass
class Seen:
    """What one way did in all tries: seconds until it gave no more; given too late."""

    effect: list[float] = field(default_factory=list)
    late: int = 0
    silent: int = 0

    def add(self, watcher: Watcher, pressed: float, done: float) -> None:
        """Add one try: the act was begun at `pressed`, and had returned at `done`."""
        if watcher.refused is None:
            self.silent += 1
            return
        last = max((came for _, came in watcher.asked_and_came), default=pressed)
        # Of a stream it is the last byte that counts; else the first no.
        ended = last if watcher.way.stream else watcher.refused
        self.effect.append(max(0.0, ended - pressed))
        self.late += any(asked > done for asked, _ in watcher.asked_and_came)


def tried(act: Act, port: int, seen: dict[str, Seen]) -> float:
    """Do it once while all ways are asked; return how long the act itself took."""
    until = time.monotonic() + LONGEST
    watchers = [Watcher(way, port) for way in act.ways]
    threads = [threading.Thread(target=each.watch, args=(until,)) for each in watchers]
    for thread in threads:
        thread.start()
    while time.monotonic() < until and not all(w.asked_and_came for w in watchers):
        time.sleep(0.01)
    pressed = time.monotonic()
    act.do()
    done = time.monotonic()
    for thread in threads:
        thread.join()
    for watcher in watchers:
        seen.setdefault(watcher.way.name, Seen()).add(watcher, pressed, done)
    act.undo()
    return done - pressed


def quantile(values: list[float], which: float) -> float:
    """Return the value that so much of them does not exceed, in milliseconds."""
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * which))]


def told(name: str, tries: int, took: list[float], seen: dict[str, Seen]) -> None:
    """Print what an act did, way by way."""
    print(f"\n{name}: {tries} tries; the act itself {quantile(took, 0.5):.0f} ms")
    print(f"{'':<22}{'p50':>9}{'p99':>9}{'worst':>9}{'late':>7}{'silent':>8}")
    for way, each in seen.items():
        times = "".join(
            f"{quantile(each.effect, q):>9.0f}" if each.effect else f"{'':>9}"
            for q in (0.5, 0.99, 1.0)
        )
        print(f"{way:<22}{times}{each.late:>7}{each.silent:>8}")


def ways_of(testimony: str) -> tuple[Way, ...]:
    """Return every way by which anyone has a public story."""
    mark = MARK.encode()
    page, media = f"/t/{testimony}", f"/media/{testimony}"
    return (
        Way("gate: its page", page, lambda body: testimony.encode() in body),
        Way("running stream", f"{media}/audio", stream=True),
        Way("list of stories", "/", lambda body: page.encode() in body),
        Way("captions", f"{media}/captions.vtt", lambda body: mark in body),
        Way("words to read", page, lambda body: mark in body),
    )


def acts_of(house: House, narrator: Narrator, testimony: str) -> Iterator[Act]:
    """Return what is measured."""
    ways, wishes = ways_of(testimony), house.wishes

    def kept() -> None:
        house.erasures.call_off(narrator, testimony)
        wishes.restore(narrator, testimony)

    def said(terms: Terms) -> Callable[[], object]:
        return lambda: wishes.change_terms(narrator, testimony, terms)

    def restored() -> None:
        wishes.restore(narrator, testimony)

    yield Act("withdraw", lambda: wishes.withdraw(narrator, testimony), restored, ways)
    yield Act("audience closed", said(SILENCE), said(OPEN), ways)
    yield Act(
        "all stories closed",
        lambda: house.erasures.withdraw_all(narrator),
        restored,
        ways,
    )
    withheld = Passage(span=Span(0), level=Level.EXISTENCE)
    yield Act(
        "passage withheld",
        said(replace(OPEN, passages=(withheld,))),
        said(OPEN),
        tuple(each for each in ways if each.name in OF_A_PASSAGE),
    )
    yield Act(
        "asked to erase", lambda: house.erasures.ask(narrator, testimony), kept, ways
    )


@contextmanager
def furnished() -> Iterator[House]:
    """Give the use cases beside the served archive."""
    installation = Installation(Settings(data=FOLDER / "var", cooling_off_hours=0))
    identity = installation.keys.unlock(served.PASSPHRASE)
    with closing(installation.open()) as database:
        room = strongroom(installation, database, now, identity=identity)
        yield furnish(installation, database, room, now)


def write_down(house: House, narrator: Narrator, testimony: str, seconds: int) -> None:
    """Give a story words that its narrator approved."""
    segments = tuple(
        Segment(at, at + 5.0, f"Una {MARK} y otra", "es") for at in range(0, seconds, 5)
    )
    written = Transcript(segments, float(seconds), None).to_json().encode()
    house.objects.add(testimony, Part.MACHINE_TRANSCRIPT, written, "application/json")
    edition = house.transcripts.edition(narrator, testimony)
    house.transcripts.approve(narrator, testimony, edition)


def main() -> None:
    """Measure every act by every way."""
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    testimony, _ = served.build(FOLDER, SIZE)
    port = served.free_port()
    with furnished() as house:
        narrator = narrator_of(house, testimony)
        write_down(house, narrator, testimony, seconds)
        with served.resguardo(FOLDER, port):
            print(describe("flask", "gunicorn", "sqlalchemy"))
            print(f"load {os.getloadavg()[0]:.1f}; milliseconds from the press")
            for act in acts_of(house, narrator, testimony):
                seen: dict[str, Seen] = {}
                took = [tried(act, port, seen) for _ in range(tries)]
                told(act.name, tries, took, seen)
    print("\nlate: tries in which something was given to who asked after it was done.")


if __name__ == "__main__":
    main()
