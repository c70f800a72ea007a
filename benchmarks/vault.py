"""A range through the vault's socket, against the gate in process and a clear file.

Usage: python -m benchmarks.vault [seconds]
The gate is asked as the web asks it for whoever is not signed in, for a public sound.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from archive import supervision
from archive.access import Access
from archive.clock import now
from archive.config import Settings
from archive.installation import Installation
from archive.strongroom import strongroom
from archive.vault.client import strongroom_at
from benchmarks import plain_socket, served
from benchmarks.machine import describe
from consent.actors import Anyone
from consent.parts import Part

SIZE = 64 << 20
RANGES = (1 << 20, 64 << 10)
ASKERS = (1, 8)
FOLDER = Path("build/benchmark-vault")
PLAIN, SOCKET = FOLDER / "plain", FOLDER / "plain.sock"

Ask = Callable[[int, int], bytes]
Way = Callable[[], Ask]


def gate(found: Access, testimony: str) -> Way:
    """Return how one asks a gate; every asker may share it."""

    def ask(offset: int, length: int) -> bytes:
        return found.release(Anyone(), testimony, Part.AUDIO, offset, length).data

    return lambda: ask


def plain() -> Ask:
    """Connect to the peer; each asker has a connection of its own."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(str(SOCKET))
    return lambda offset, length: plain_socket.ask(connection, offset, length)


def load(
    way: Way, askers: int, length: int, seconds: float
) -> tuple[float, list[float]]:
    """Ask for random ranges at once; return MB/s and latencies in ms."""
    latencies: list[float] = []
    stop = time.monotonic() + seconds

    def listen() -> None:
        ask = way()
        ask(0, length)
        while (began := time.monotonic()) < stop:
            offset = int.from_bytes(os.urandom(4), "big") % (SIZE - length)
            if len(ask(offset, length)) != length:
                raise RuntimeError(length)
            latencies.append((time.monotonic() - began) * 1000)

    threads = [threading.Thread(target=listen) for _ in range(askers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(latencies) * length / (time.monotonic() - began) / 1e6
    return rate, sorted(latencies)


@contextmanager
def vault(settings: Settings) -> Iterator[None]:
    """Run the vault as an operator would."""
    os.environ["RESGUARDO_PASSPHRASE_FILE"] = str(settings.passphrase_file)
    running = supervision.start_vault(settings)
    try:
        yield
    finally:
        supervision.stop(running)


@contextmanager
def peer() -> Iterator[None]:
    """Run the peer."""
    command = [sys.executable, "-m", "benchmarks.plain_socket", str(PLAIN), str(SOCKET)]
    with subprocess.Popen(command) as running:
        while not SOCKET.exists():
            time.sleep(0.01)
        try:
            yield
        finally:
            running.kill()


def compare(ways: dict[str, Way], askers: int, length: int, seconds: float) -> None:
    """Print one table, all ways of it in one run; ratios are of MB/s."""
    print(f"\n{length >> 10} KiB, {askers} at once, {seconds:.0f} s each")
    print(f"{'':<24}{'MB/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'to the peer':>13}")
    found = {name: load(way, askers, length, seconds) for name, way in ways.items()}
    theirs = found["clear file, socket"][0]
    for name, (rate, latencies) in found.items():
        p50, p99 = (latencies[int(len(latencies) * q)] for q in (0.5, 0.99))
        print(f"{name:<24}{rate:>8.0f}{p50:>9.2f}{p99:>9.2f}{rate / theirs:>13.2f}")
    ratio = found["vault, socket"][0] / found["gate in process"][0]
    print(f"vault to gate in process {ratio:.2f}")


def main() -> None:
    """Measure everything in one run."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    testimony, sound = served.build(FOLDER, SIZE)
    PLAIN.write_bytes(sound)
    del sound
    settings = Settings(data=FOLDER / "var")
    installation = Installation(settings)
    identity = installation.keys.unlock(served.PASSPHRASE)
    with ExitStack() as stack:
        stack.enter_context(
            vault(replace(settings, passphrase_file=FOLDER / "passphrase"))
        )
        stack.enter_context(peer())
        database = stack.enter_context(closing(installation.open()))
        inside = strongroom(installation, database, now, identity=identity)
        ways: dict[str, Way] = {
            "vault, socket": gate(strongroom_at(settings.sockets).gate, testimony),
            "gate in process": gate(inside.gate, testimony),
            "clear file, socket": plain,
        }
        print(describe("cryptography"))
        for length in RANGES:
            for askers in ASKERS:
                compare(ways, askers, length, seconds)


if __name__ == "__main__":
    main()
