"""Sealing and opening against the `age` tool, ranges, and memory, in one run.

Usage: python -m benchmarks.storage [MiB]
The tool knows hybrid keys from 1.3 on; an older one is measured with X25519 alone.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.memory import WAYS, peak
from storage.identities import HybridIdentity, KeyIdentity, X25519Identity
from storage.reading import AgeReader
from storage.sealing import SealingWriter

Pair = tuple[Callable[[], None], Callable[[], None]]

FOLDER = Path("build/benchmark-storage")
PLAIN, SEALED, OPENED = FOLDER / "plain", FOLDER / "sealed.age", FOLDER / "opened"
PIECE = 1 << 20
RANGE = 1 << 20
RANGES = 500
ROUNDS = 6
LARGE_MIB = 4096


def seal(key: KeyIdentity) -> None:
    """Seal as an upload is joined; nothing waits for the disk, as with `age`."""
    with PLAIN.open("rb") as plain, SEALED.open("xb") as sealed:
        writer = SealingWriter(sealed, [key.recipient])
        while piece := plain.read(PIECE):
            writer.write(piece)
        writer.close()


def unseal(key: KeyIdentity) -> None:
    """Open with the seekable reader."""
    with SEALED.open("rb") as sealed, OPENED.open("xb") as plain:
        reader = AgeReader(sealed, [key])
        while piece := reader.read(PIECE):
            plain.write(piece)


def age(*arguments: str | Path) -> None:
    """Run the stock tool."""
    subprocess.run(["age", *arguments], check=True)


def age_version() -> str:
    """Return the stock tool's version."""
    done = subprocess.run(["age", "--version"], capture_output=True, check=True)
    return done.stdout.decode().strip().removeprefix("v")


def knows_hybrid_keys(version: str) -> bool:
    """Say whether a version of the tool seals to hybrid keys."""
    numbers = version.split(".")[:2]
    return all(map(str.isdigit, numbers)) and [*map(int, numbers)] >= [1, 3]


def by_age(key: KeyIdentity, file: Path) -> Pair:
    """Return how the stock tool seals to a key, and opens."""
    file.write_text(f"{key}\n")
    to = str(key.recipient)
    return (
        lambda: age("-r", to, "-o", SEALED, PLAIN),
        lambda: age("-d", "-i", file, "-o", OPENED, SEALED),
    )


def seconds(work: Callable[[], None], *made: Path) -> float:
    """Return how long it takes to make files that are not there.

    They are removed just before: so their memory is at hand, whoever comes first, and
    nothing waits for the disk to take what the one before has written.
    """
    for path in made:
        path.unlink(missing_ok=True)
    began = time.monotonic()
    work()
    return time.monotonic() - began


def throughput(mib: int) -> None:
    """Print MB/s of both, turn by turn, best of some rounds, and their ratio."""
    kinds: dict[str, KeyIdentity] = {
        "X25519": X25519Identity.generate(),
        "hybrid": HybridIdentity.generate(),
    }
    pairs: dict[str, Pair] = {}
    for kind, key in kinds.items():
        if kind != "hybrid" or knows_hybrid_keys(age_version()):
            pairs[f"age, {kind}"] = by_age(key, FOLDER / kind)
        pairs[f"ours, {kind}"] = partial(seal, key), partial(unseal, key)
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
    for turn in range(ROUNDS):
        names = list(pairs)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            sealing, opening = pairs[name]
            pair = seconds(sealing, SEALED), seconds(opening, OPENED)
            took[name].append(pair)
    best = {
        name: [min(each) for each in zip(*times, strict=True)]
        for name, times in took.items()
    }
    print(f"\n{mib} MiB from file to file, best of {ROUNDS}, and the ratio to age")
    print(f"{'':<16}{'seal MB/s':>11}{'ratio':>7}{'open MB/s':>11}{'ratio':>7}")
    for name, times in best.items():
        _, kind = name.split(", ")
        peer = best.get(f"age, {kind}", best["age, X25519"])
        told = (
            f"{mib * 1.048576 / ours:>11.0f}{theirs / ours:>7.2f}"
            for ours, theirs in zip(times, peer, strict=True)
        )
        print(f"{name:<16}{''.join(told)}")


def latencies() -> None:
    """Print how long ranges of 1 MiB at random places take, in ms."""
    key = HybridIdentity.generate()
    seconds(lambda: seal(key), SEALED)
    starts = [int.from_bytes(os.urandom(5), "big") for _ in range(RANGES)]
    with SEALED.open("rb") as sealed:
        reader = AgeReader(sealed, [key])

        def read(start: int, opened: AgeReader = reader) -> None:
            opened.seek(start % (opened.size - RANGE))
            if len(opened.read(RANGE)) != RANGE:
                raise RuntimeError(start)

        def open_and_read(start: int) -> None:
            with SEALED.open("rb") as file:
                read(start, AgeReader(file, [key]))

        print(f"\n{RANGES} random ranges of 1 MiB, hybrid key")
        for name, work in (("open already", read), ("with opening", open_and_read)):
            took = []
            for start in starts:
                began = time.perf_counter()
                work(start)
                took.append((time.perf_counter() - began) * 1000)
            took.sort()
            p50, p99 = (took[int(len(took) * q)] for q in (0.5, 0.99))
            print(f"{name:<16}p50 {p50:.2f} ms  p99 {p99:.2f} ms")


def memory() -> None:
    """Print what a process takes for a small and a large file."""
    print(f"\npeak memory of a process, from 1 MiB to {LARGE_MIB} MiB")
    for way in WAYS:
        small, large = peak(way, 1), peak(way, LARGE_MIB)
        print(f"{way:<19}{small:.1f} MiB to {large:.1f} MiB ({large - small:+.1f})")


def main() -> None:
    """Measure everything on a file of so many MiB."""
    mib = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        with PLAIN.open("wb") as plain:
            for _ in range(mib):
                plain.write(os.urandom(1 << 20))
        os.sync()
        print(f"{describe('cryptography')}, age {age_version()}")
        throughput(mib)
        latencies()
        memory()
    finally:
        shutil.rmtree(FOLDER)


if __name__ == "__main__":
    main()
