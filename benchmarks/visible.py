"""The list of what one researcher may know of, beside plain SQL on a stored level.

Usage: python -m benchmarks.visible [testimonies] [rounds]
All are open to researchers. Once with terms alike, as the kiosk makes them; once each
with terms like no other's. The peer asks an index that holds all it needs, and no rule.
"""

import os
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert

from archive import ledger
from archive.act_documents import written
from archive.clock import now
from archive.database import Database
from archive.gate import Gate
from archive.installation import Installation
from archive.keys import KeyFolder
from archive.models.act import ActRow
from archive.models.checked import digest_of
from archive.models.openness import OpennessRow
from archive.models.testimony import Narrator, Testimony
from archive.soundness import act_digest
from archive.strongroom import strongroom
from archive.upkeep import Upkeep
from benchmarks.filled import create
from benchmarks.machine import describe
from consent.actors import Membership, Person
from consent.acts import Act, Answered, Changed, Given, Notice, Restored, Withdrawn
from consent.audiences import RESEARCHERS
from consent.levels import Level
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from storage.identities import HybridIdentity
from storage.keyring_entries import wrap_testimony_key

FOLDER = Path("build/benchmark-visible")
FOR_EVER = datetime.max.replace(tzinfo=UTC)
NOTICE = Notice("measuring", "es")
_BATCH = 5000


def researcher(number: int) -> Person:
    """Return someone vouched for."""
    attested = frozenset({Membership(RESEARCHERS, "b2", FOR_EVER)})
    return Person(f"{number:032x}", attested)


def terms(number: int, *, alike: bool) -> Terms:
    """Return what is open to researchers, for a while of its own unless `alike`."""
    if alike:
        return Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE)})
    until = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    heard = Permission(level=Level.VOICE, until=until)
    passage = Passage(span=Span(number, number + 1000), level=Level.EXISTENCE)
    return Terms(permissions={RESEARCHERS: heard}, passages=(passage,))


def rows(start: int, count: int, *, alike: bool) -> Iterator[dict[type, dict]]:
    """Make the rows of testimonies that arrived over ten years."""
    for number in range(start, start + count):
        testimony_id = sha256(b"%d" % number).hexdigest()[:32]
        narrator_id = sha256(b"n%d" % number).hexdigest()[:32]
        day = date(2016, 1, 1) + timedelta(days=number % 3650)
        kind, document = written(Given(terms(number, alike=alike), NOTICE, None))
        act = {
            "sequence": number,
            "testimony_id": testimony_id,
            "kind": kind,
            "day": day,
            "document": document,
        }
        narrator = {"narrator_id": narrator_id, "locator": narrator_id}
        testimony = {
            "testimony_id": testimony_id,
            "narrator_id": narrator_id,
            "recipient": "measuring",
            "arrived_on": day,
            "acts": 1,
            "parts": 0,
        }
        yield {
            Narrator: {**narrator, "row_digest": digest_of(narrator)},
            Testimony: {**testimony, "row_digest": digest_of(testimony)},
            ActRow: {**act, "digest": act_digest(ActRow(**act))},
            OpennessRow: {"name": "researchers", "testimony_id": testimony_id},
        }


def fill(installation: Installation, count: int, *, alike: bool) -> None:
    """Fill an archive the quick way: what it holds is what `archive` would write."""
    key = HybridIdentity.generate()
    entry = wrap_testimony_key(key, [installation.keys.recipient(), key.recipient])
    told = sha256(entry).hexdigest()
    keyring = installation.settings.keys / "keyring"
    keyring.mkdir(exist_ok=True, mode=0o700)
    with closing(installation.open()) as database:
        for start in range(0, count, _BATCH):
            made = list(rows(start, min(_BATCH, count - start), alike=alike))
            with database.filling() as connection:
                for table in (Narrator, Testimony, ActRow, OpennessRow):
                    connection.execute(insert(table), [each[table] for each in made])
                own = [
                    {
                        "name": f"narrator:{each[Narrator]['narrator_id']}",
                        "testimony_id": each[Testimony]["testimony_id"],
                    }
                    for each in made
                ]
                connection.execute(insert(OpennessRow), own)
            for each in made:
                name = each[Testimony]["testimony_id"]
                (keyring / f"{name}.age").write_bytes(entry)
                (keyring / f"{name}.sha256").write_text(f"{told}  {name}.age\n")


def peer(count: int) -> Callable[[], list[tuple[str, int]]]:
    """Return how the peer lists the same: a level in a column, and an index."""
    connection = sqlite3.connect(FOLDER / "peer.sqlite")
    connection.execute(
        "CREATE TABLE seen (testimony_id TEXT, arrived_on TEXT, audience TEXT, "
        "level INTEGER)"
    )
    told = [each[Testimony] for each in rows(0, count, alike=True)]
    connection.executemany(
        "INSERT INTO seen VALUES (?, ?, 'researchers', 4)",
        [(each["testimony_id"], each["arrived_on"].isoformat()) for each in told],
    )
    connection.execute(
        "CREATE INDEX newest ON seen (audience, arrived_on DESC, testimony_id, level)"
    )
    connection.commit()
    query = (
        "SELECT testimony_id, level FROM seen WHERE audience = 'researchers' "
        "AND level > 0 ORDER BY arrived_on DESC, testimony_id"
    )
    return lambda: connection.execute(query).fetchall()


@dataclass(frozen=True)
class Took:
    """How long something took, in ms: by the clock, and of the processor's time."""

    passed: float
    worked: float


def timed(ask: Callable[[], list]) -> tuple[Took, int]:
    """Return how long a list took, and how long it is."""
    began, working = time.perf_counter(), time.thread_time()
    found = ask()
    worked, passed = time.thread_time() - working, time.perf_counter() - began
    return Took(passed * 1000, worked * 1000), len(found)


def told(name: str, found: list[Took], theirs: float) -> None:
    """Print one line; the ratio is of the processor's time, since others share it."""
    place = min(len(found) - 1, len(found) * 95 // 100)
    figures = []
    for times in ([e.passed for e in found], [e.worked for e in found]):
        times.sort()
        figures += [times[len(found) // 2], times[place]]
    ratio = figures[2] / theirs
    print(f"  {name:<28}" + "".join(f"{f:>10.1f}" for f in figures) + f"{ratio:>9.2f}")


def acts(number: int) -> dict[str, tuple[Act, int]]:
    """Return one act of each kind, with by how many it changes the list."""
    until = now().date() + timedelta(days=90)
    closed = Terms(permissions={RESEARCHERS: Permission(level=Level.NOTHING)})
    return {
        "a withdrawal": (Withdrawn(), -1),
        "a restoration": (Restored(None), 1),
        "an answer": (Answered("r", f"{number:032x}", Level.VOICE, until), 0),
        "terms that close": (Changed(closed), -1),
        "terms that open": (Changed(terms(number, alike=True)), 1),
    }


def after_acts(
    gate: Gate, database: Database, count: int, rounds: int
) -> dict[str, list[Took]]:
    """Return how long the next list takes after each act for another."""
    found: dict[str, list[Took]] = {}
    asker, expected = researcher(1), count
    for number in range(rounds):
        testimony_id = sha256(b"%d" % number).hexdigest()[:32]
        for name, (act, change) in acts(number).items():
            with database.writing() as session:
                ledger.append(session, testimony_id, act, now())
            expected += change
            took, length = timed(lambda: gate.visible(asker))
            if length != expected:
                raise RuntimeError(name)
            found.setdefault(name, []).append(took)
    return found


def after_keys(
    gate: Gate, elsewhere: KeyFolder, count: int, rounds: int
) -> dict[str, list[Took]]:
    """Return how long the next list takes after the archive was left out or let in."""
    key, asker = HybridIdentity.generate(), researcher(1)
    found: dict[str, list[Took]] = {}
    ways = {
        "a key changed here": gate.keys.folder,
        "a key changed elsewhere": elsewhere,
    }
    for name, folder in ways.items():
        for number in range(rounds):
            testimony_id = sha256(b"%d" % number).hexdigest()[:32]
            for holders in (1, 2):
                folder.wrap(testimony_id, key, [key.recipient] * holders)
                took, length = timed(lambda: gate.visible(asker))
                if length != count - (holders == 1):
                    raise RuntimeError(name)
                found.setdefault(name, []).append(took)
    return found


def measure(count: int, rounds: int, *, alike: bool, theirs: float) -> None:
    """Fill an archive and print its table."""
    installation = create(FOLDER / "archive")
    fill(installation, count, alike=alike)
    with closing(installation.open()) as database:
        gate = strongroom(installation, database, now).gate
        if not isinstance(gate, Gate):
            raise TypeError
        before = resident()
        print(f"terms {'alike' if alike else 'each like no other'}")
        upkeep = Upkeep(database, gate, now)
        cold, _ = timed(lambda: upkeep.begin() or [])
        told("cold: the vault has started", [cold], theirs)
        first, length = timed(lambda: gate.visible(researcher(1)))
        if length != count:
            raise RuntimeError(length)
        told("the first list", [first], theirs)
        kept = resident() - before
        again = [timed(lambda: gate.visible(researcher(1)))[0] for _ in range(rounds)]
        told("warm", again, theirs)
        others = [
            timed(lambda n=n: gate.visible(researcher(n)))[0] for n in range(2, 7)
        ]
        told("the first list of another", others, theirs)
        elsewhere = Installation(installation.settings).keys
        few = max(3, rounds // 5)
        for name, took in after_acts(gate, database, count, few).items():
            told(f"after {name}", took, theirs)
        for name, took in after_keys(gate, elsewhere, count, few).items():
            told(f"after {name}", took, theirs)
        print(f"  kept in memory: {kept / count:.2f} kB for each testimony")


def resident() -> float:
    """Return this process's memory in kB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1000


def main() -> None:
    """Measure ours and the peer in one run."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "peer.sqlite").unlink(missing_ok=True)
    plain = peer(count)
    plain()
    found = [timed(plain)[0] for _ in range(rounds)]
    theirs = sorted(each.worked for each in found)[rounds // 2]
    print(describe("sqlalchemy"), f"SQLite {sqlite3.sqlite_version}")
    print(f"load {os.getloadavg()[0]:.1f}; {count} testimonies, {rounds} rounds")
    print(
        f"  {'ms':<28}{'p50':>10}{'p95':>10}{'p50 cpu':>10}{'p95 cpu':>10}{'peer':>9}"
    )
    told("peer: a level in a column", found, theirs)
    for alike in (True, False):
        measure(count, rounds, alike=alike, theirs=theirs)


if __name__ == "__main__":
    main()
