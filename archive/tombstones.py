"""Withdrawals and erasures, noted in a place outside this machine.

An old backup knows nothing of what was closed after it was taken; the tombstones do.
They hold random ids, kinds and days: no name, no word. An archive that does not know of
what its tombstones say is older than they are, and stays locked.
"""

import json
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sqlalchemy import select

from archive import logs
from archive.database import Database
from archive.installation import Installation
from archive.models.act import ActRow
from storage.durable import full_disk_named, write_durably
from storage.errors import StorageError

ERASED, WITHDRAWN, RESTORED = "erased", "withdrawn", "restored"
_KINDS = (ERASED, WITHDRAWN, RESTORED)
_NAME = re.compile(r"(\d{12})-(erased|withdrawn|restored)-([0-9a-f]{32})\.json")


class Standing(Enum):
    """How an archive stands to its tombstones."""

    NONE = "none"
    SAME = "same"
    OLDER = "older"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Tombstone:
    """The last word on a testimony, as the place has it; positions only grow."""

    position: int
    kind: str
    testimony_id: str


def mark(installation: Installation, testimony_id: str) -> None:
    """Mark what is about to be done, so that no crash after it leaves it unnoted."""
    if installation.settings.tombstones is not None:
        write_durably(_pending(installation) / testimony_id, b"")


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
    marked = [path.name for path in sorted(_pending(installation).iterdir())]
    if installation.settings.tombstones is None or not marked:
        return 0
    try:
        found = last_words(installation)
        position = max((stone.position for stone in found.values()), default=-1)
        place = installation.settings.tombstones / installation.archive_id
        place.mkdir(mode=0o700, exist_ok=True)
        for testimony_id in marked:
            row = _last_act(database, testimony_id)
            known = found.get(testimony_id)
            if row is not None and (known is None or known.kind != row.kind):
                position += 1
                told = {
                    "kind": row.kind,
                    "testimony": testimony_id,
                    "sequence": row.sequence,
                    "day": row.day.isoformat(),
                }
                path = place / f"{position:012}-{row.kind}-{testimony_id}.json"
                write_durably(path, json.dumps(told).encode())
            (_pending(installation) / testimony_id).unlink(missing_ok=True)
    except (OSError, StorageError) as error:
        logs.event("tombstones-unreachable", kind=type(error).__name__)
    return len(list(_pending(installation).iterdir()))


def last_words(installation: Installation) -> dict[str, Tombstone]:
    """Return the last tombstone of each testimony; raise `OSError`."""
    chosen = installation.settings.tombstones
    found: dict[str, Tombstone] = {}
    if chosen is None:
        return found
    if not chosen.is_dir():
        raise FileNotFoundError(chosen.name)
    place = chosen / installation.archive_id
    names = sorted(path.name for path in place.iterdir()) if place.exists() else []
    for name in names:
        if told := _NAME.fullmatch(name):
            position, kind, testimony_id = told.groups()
            known = found.get(testimony_id)
            # Nothing comes after an erasure.
            if known is None or known.kind != ERASED:
                found[testimony_id] = Tombstone(int(position), kind, testimony_id)
    return found


def unknown_here(installation: Installation, database: Database) -> list[Tombstone]:
    """Return what was closed and this archive does not know of; raise `OSError`."""
    stones = last_words(installation)
    with database.reading() as session:
        known = set(session.scalars(select(ActRow.testimony_id).distinct()))
    found = []
    for testimony_id in sorted(known & stones.keys()):
        stone, row = stones[testimony_id], _last_act(database, testimony_id)
        here = row.kind if row is not None else RESTORED
        marked = (_pending(installation) / testimony_id).exists()
        if stone.kind != RESTORED and here not in {stone.kind, ERASED} and not marked:
            found.append(stone)
    return found


def standing(installation: Installation, database: Database) -> Standing:
    """Say whether this archive knows of everything that was closed."""
    if installation.settings.tombstones is None:
        return Standing.NONE
    try:
        older = unknown_here(installation, database)
    except OSError:
        return Standing.UNREACHABLE
    return Standing.OLDER if older else Standing.SAME


def _last_act(database: Database, testimony_id: str) -> ActRow | None:
    with database.reading() as session:
        return session.scalar(
            select(ActRow)
            .where(ActRow.testimony_id == testimony_id, ActRow.kind.in_(_KINDS))
            .order_by(ActRow.sequence.desc())
            .limit(1)
        )


def _pending(installation: Installation) -> Path:
    folder = installation.settings.data / "tombstones-to-note"
    with full_disk_named():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
