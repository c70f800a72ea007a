"""What narrators said since, noted in a place outside this machine.

An old backup knows nothing of what was closed after it was taken; the tombstones do.
They hold random ids, kinds and digests: no name, no word. An archive that does not know
of what its tombstones say is older than they are, and stays locked.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from sqlalchemy import select

from archive import logs
from archive.closings import (
    ASKED,
    CALLED_OFF,
    DIGEST_LENGTH,
    ERASED,
    KINDS,
    Word,
    all_words_in,
    closed_by,
    news,
    to_be_erased,
    unnoted,
    words_in,
)
from archive.database import Database
from archive.installation import Installation
from archive.models.act import ActRow
from archive.soundness import record_of
from storage.durable import full_disk_named, sync_folder, write_durably
from storage.errors import StorageError

_NAME = re.compile(
    rf"(\d{{12}})-({'|'.join(KINDS)})-([0-9a-f]{{32}})-([0-9a-f]{{{DIGEST_LENGTH}}})"
)


class Standing(Enum):
    """How an archive stands to its tombstones."""

    NONE = "none"
    SAME = "same"
    OLDER = "older"
    UNREACHABLE = "unreachable"


@contextmanager
def noting(installation: Installation, testimony_id: str) -> Iterator[None]:
    """Keep a mark while something is said, so that no crash leaves it unnoted.

    `catch_up` notes it afterwards.
    """
    if installation.settings.tombstones is None:
        yield
        return
    with full_disk_named():
        descriptor = _marked(_pending(installation) / testimony_id)
    try:
        yield
    finally:
        os.close(descriptor)


def mark_closed(installation: Installation, testimonies: Iterable[str]) -> None:
    """Mark what was closed here for what was said elsewhere; `catch_up` notes it."""
    for testimony_id in testimonies:
        with noting(installation, testimony_id):
            pass


def noted(installation: Installation, testimony_id: str) -> bool | None:
    """Say whether what was done to a testimony is noted outside this machine.

    `None` where there is no place for tombstones.
    """
    if installation.settings.tombstones is None:
        return None
    return not (_pending(installation) / testimony_id).exists()


def catch_up(installation: Installation, database: Database) -> int:
    """Note what is marked; return how much could not be.

    Only what was marked here: an archive out of an old backup must not write its own
    old state over newer tombstones.
    """
    place = installation.settings.tombstones
    if place is None:
        return 0
    if not any(_pending(installation).iterdir()):
        return 0
    try:
        with _one_by_one(_pending(installation)):
            _note_all(installation, database, place / installation.archive_id)
    except (OSError, StorageError) as error:
        logs.event("tombstones-unreachable", kind=type(error).__name__)
    return len(list(_pending(installation).iterdir()))


def _note_all(installation: Installation, database: Database, place: Path) -> None:
    marks = sorted(_pending(installation).iterdir())
    stones, position = _read(installation)
    place.mkdir(mode=0o700, exist_ok=True)
    for path in marks:
        with _settled(path) as settled:
            if not settled:
                continue
            known = stones.get(path.name, [])
            # Read under the lock: nobody is in the middle of saying more.
            for word in unnoted(known, words_in(database, path.name)):
                position += 1
                name = f"{position:012}-{word.kind}-{path.name}-{word.digest}"
                write_durably(place / name, b"")
            path.unlink()


@contextmanager
def _one_by_one(folder: Path) -> Iterator[None]:
    """Wait for whoever notes just now: what was read outside must not be old by now."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def closed_elsewhere(installation: Installation, database: Database) -> dict[str, str]:
    """Return what was closed and this archive does not know of, and why.

    Raise `OSError` where the place cannot be read.
    """
    here = all_words_in(database)
    with database.reading() as session:
        known = set(session.scalars(select(ActRow.testimony_id).distinct()))
    found: dict[str, str] = {}
    for testimony_id, words in words_outside(installation).items():
        if testimony_id not in known:
            continue
        told = here.get(testimony_id, [])
        reason = news(told, words)
        if reason is None:
            continue
        marked = (_pending(installation) / testimony_id).exists()
        if marked and _done(reason, told):
            # Closed for just this, and still to be noted. A mark alone may be an old
            # one, that came with a copy of the data.
            continue
        if reason != ERASED and _damaged(database, testimony_id):
            # It is closed already, and rot in one must not lock all the others.
            continue
        found[testimony_id] = reason
    return found


def _done(reason: str, told: list[Word]) -> bool:
    """Say whether what is known here already does what a reason asks for."""
    if reason in {ASKED, CALLED_OFF} and (reason == ASKED) != to_be_erased(told):
        return False
    return reason != ERASED and closed_by(told)


def words_outside(installation: Installation) -> dict[str, list[Word]]:
    """Return what is noted of each testimony, in order; raise `OSError`."""
    return _read(installation)[0]


def _read(installation: Installation) -> tuple[dict[str, list[Word]], int]:
    """Return each testimony's stones, in order, and the last position."""
    chosen = installation.settings.tombstones
    found: dict[str, list[Word]] = {}
    last = -1
    if chosen is None:
        return found, last
    if not chosen.is_dir():
        raise FileNotFoundError(chosen.name)
    place = chosen / installation.archive_id
    for path in sorted(place.iterdir()) if place.exists() else ():
        if told := _NAME.fullmatch(path.name):
            position, kind, testimony_id, digest = told.groups()
            found.setdefault(testimony_id, []).append(Word(kind, digest))
            last = int(position)
    return found, last


def standing(installation: Installation, database: Database) -> Standing:
    """Say whether this archive knows of everything that was closed."""
    if installation.settings.tombstones is None:
        return Standing.NONE
    try:
        older = closed_elsewhere(installation, database)
    except OSError:
        return Standing.UNREACHABLE
    return Standing.OLDER if older else Standing.SAME


def _damaged(database: Database, testimony_id: str) -> bool:
    with database.reading() as session:
        record = record_of(session, testimony_id)
        return record is not None and bool(record.faults())


def _pending(installation: Installation) -> Path:
    folder = installation.settings.data / "tombstones-to-note"
    with full_disk_named():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _marked(path: Path) -> int:
    """Make a mark, durably, and hold it; return its descriptor."""
    while True:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        # Meanwhile it may have been settled: then it is held by a name that is gone.
        if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
            os.fsync(descriptor)
            sync_folder(path.parent)
            return descriptor
        os.close(descriptor)


@contextmanager
def _settled(path: Path) -> Iterator[bool]:
    """Say whether nobody holds a mark, and let nobody hold it meanwhile."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield path.exists()
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)
