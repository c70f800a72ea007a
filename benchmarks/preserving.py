"""Rekey, backup, restore and erase, each beside what a careful operator would type.

Usage: python -m benchmarks.preserving [--testimonies N] [--keys N] [--kib N]
Every work of ours runs in a process of its own, for its peak memory. Needs rsync.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive import backups, rekeying, restoring
from archive.clock import now
from archive.config import Settings
from archive.installation import Installation
from archive.strongroom import key_keeping
from benchmarks import filled
from benchmarks.machine import describe
from benchmarks.memory import highest
from consent.actors import Narrator
from storage.blobs import Blobs, name_of

FOLDER = Path("build/benchmark-preserving")
REKEYED, KEPT = FOLDER / "rekeyed", FOLDER / "kept"
BACKUP, RESTORED = FOLDER / "backup", FOLDER / "restored"
MIRROR, BROUGHT, DOOMED = FOLDER / "mirror", FOLDER / "brought", FOLDER / "doomed"
ERASED, ADDED = 100, 10


def rekey() -> int:
    """Exchange the identity of every key, as `resguardo rekey` does."""
    installation = _at(REKEYED)
    with closing(installation.open()) as database:
        both = rekeying.begin(
            installation,
            installation.keys.unlock(filled.PASSPHRASE),
            filled.PASSPHRASE,
        )
        found = rekeying.exchange(installation, database, both, lambda _: None)
        rekeying.finish(installation, both, filled.PASSPHRASE)
    return found.wrapped


def back_up() -> int:
    """Back the data up, and the keys apart."""
    installation = _at(KEPT)
    with closing(installation.open()) as database:
        found = backups.back_up(installation, database, BACKUP, now)
    return found.copied


def back_up_keys() -> int:
    """Back the keys up."""
    installation = _at(KEPT)
    backups.back_up_keys(installation, FOLDER / "keys-backup", now)
    return len(list(installation.keys.keyring.entries()))


def restore() -> int:
    """Restore the newest snapshot beside the keys that there are."""
    there = Installation(Settings(data=RESTORED, keyring=KEPT / "keys"))
    return restoring.restore(there, BACKUP, None, now).testimonies


def erase() -> int:
    """Erase some testimonies, one after another, at their narrators' word."""
    installation = _at(KEPT)
    chosen = sorted(installation.keys.keyring.entries())[:ERASED]
    with closing(installation.open()) as database:
        keeping = key_keeping(installation, database, now)
        for each in chosen:
            keeping.erase(Narrator(each), each)
    return len(chosen)


WORKS: dict[str, Callable[[], int]] = {
    "rekey": rekey,
    "backup, full": back_up,
    "backup, incremental": back_up,
    "backup of the keys": back_up_keys,
    "restore": restore,
    "erase": erase,
}


def _at(folder: Path) -> Installation:
    return Installation(Settings(data=folder / "var", keyring=folder / "keys"))


def ours(name: str) -> tuple[int, float, float]:
    """Run a work apart; return how many things it did, seconds, and peak MiB."""
    command = [sys.executable, "-m", "benchmarks.preserving", "--only", name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    count, seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return count, seconds, peak


def theirs(*commands: str) -> float:
    """Run what an operator would type; return seconds."""
    began = time.monotonic()
    for command in commands:
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def told(name: str, count: int, seconds: float, peak: float | None = None) -> None:
    """Print one line of the table."""
    memory = f"{peak:>9.0f}" if peak else f"{'':>9}"
    each = seconds / max(count, 1) * 1000
    print(f"{name:<34}{count:>7}{seconds:>9.2f}{each:>9.2f}{memory}", flush=True)


def compare(name: str, peer: str, *commands: str, items: int = 0) -> None:
    """Print our work, its peer, and the ratio of their times."""
    count, seconds, peak = ours(name)
    told(name, items or count, seconds, peak)
    if commands:
        other = theirs(*commands)
        told(f"  {peer}", items or count, other)
        print(f"  ratio of times {seconds / other:.2f}")


def mirrored() -> str:
    """Return the command that mirrors the data as safely as a backup of ours."""
    return f"rsync -a --checksum --fsync {KEPT}/var/ {MIRROR}/"


def doomed() -> tuple[str, str]:
    """Copy what is about to be erased; return commands that erase those copies."""
    keys, blobs = DOOMED / "keys", DOOMED / "blobs"
    for folder in (keys, blobs):
        folder.mkdir(parents=True)
    for each in sorted((KEPT / "keys/keyring").iterdir())[:ERASED]:
        shutil.copy(each, keys)
    store = Blobs(KEPT / "var/blobs")
    for key in sorted(store.keys())[:ERASED]:
        shutil.copy(KEPT / "var/blobs" / name_of(key), blobs)
    return f"shred -n 1 -u {keys}/*", f"rm {blobs}/* && sync -f {blobs}"


def main() -> None:
    """Read the arguments; do one work, or measure all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--testimonies", type=int, default=1000)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--kib", type=int, default=256)
    parser.add_argument("--only", choices=list(WORKS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        began = time.monotonic()
        count = WORKS[asked.only]()
        print(json.dumps([count, time.monotonic() - began, highest() / 1024]))
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    print(describe("cryptography", "sqlalchemy"))
    print(f"{asked.testimonies} testimonies of {asked.kib} KiB; {asked.keys} keys")
    print(f"{'':<34}{'items':>7}{'seconds':>9}{'ms each':>9}{'peak MiB':>9}")
    began = time.monotonic()
    filled.fill(filled.create(REKEYED), asked.keys, 0)
    told("(making the keys)", asked.keys, time.monotonic() - began)
    compare("rekey", "")
    installation = filled.create(KEPT)
    filled.fill(installation, asked.testimonies, asked.kib << 10)
    compare("backup, full", "rsync --checksum --fsync", mirrored())
    filled.fill(installation, ADDED, asked.kib << 10)
    every = asked.testimonies + ADDED
    compare("backup, incremental", "rsync --checksum --fsync", mirrored(), items=every)
    compare("backup of the keys", "")
    hashes = f"find {BROUGHT} -type f -exec sha256sum {{}} + && sync -f {BROUGHT}"
    compare("restore", "cp -a, sha256sum", f"cp -a {MIRROR} {BROUGHT}", hashes)
    compare("erase", "shred -n 1 -u, rm, sync", *doomed())


if __name__ == "__main__":
    main()
