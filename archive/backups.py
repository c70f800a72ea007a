"""A consistent copy of a running archive: its database at one moment, and its blobs.

Nothing in it opens without the keyring, which is backed up apart and kept only days: so
a testimony that is erased is gone from every backup of the data as well.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from archive.blob_copies import blobs_of, copy_blobs
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.models.act import ActRow
from archive.models.audit_entry import AuditEntry
from archive.models.ledger_tree import CheckpointRow, TreeNode, WitnessRow
from archive.models.person import PersonRow
from archive.models.request import RequestRow
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from storage.blobs import Blobs
from storage.durable import (
    PARTIAL,
    destroy_file,
    full_disk_named,
    sync_folder,
    write_durably,
)
from storage.keyring import Keyring

FORMAT = 1
KEPT = 30
DATABASE, MANIFEST, SECRET = "archive.sqlite", "manifest.json", "secret.key"
LAST, LAST_KEYS = "last-backup", "last-key-backup"
_CHUNK = 1 << 20
_ROWS = 500
# In the order of their references; sessions and counts of guesses stay behind.
_COPIED = (
    Narrator,
    Testimony,
    SealedObject,
    ActRow,
    TreeNode,
    CheckpointRow,
    WitnessRow,
    PersonRow,
    AuditEntry,
    RequestRow,
    TranscriptionJob,
)
_STAMP = "%Y%m%dT%H%M%SZ"
_SNAPSHOT = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


class BackupBusyError(Exception):
    """Another backup is being written there."""


@dataclass(frozen=True, kw_only=True)
class BackupReport:
    """What a backup did; sizes in bytes.

    `damaged` are testimonies of which a part is not what was kept, or not there: no
    copy was made of it, and one that was made before stays.
    """

    snapshot: str
    blobs: int
    copied: int
    copied_bytes: int
    damaged: tuple[str, ...]
    pruned: int


def back_up(
    installation: Installation, database: Database, target: Path, now: Clock
) -> BackupReport:
    """Copy the archive to a folder; blobs that lie there already are not copied again.

    The snapshot is seen only when whole.
    """
    with full_disk_named(), _alone(target):
        report = _back_up(installation, database, target, now)
    _note(installation, LAST, now)
    return report


def _back_up(
    installation: Installation, database: Database, target: Path, now: Clock
) -> BackupReport:
    (target / "snapshots").mkdir(mode=0o700, exist_ok=True)
    name = _free_name(target / "snapshots", now())
    partial = target / "snapshots" / f".{name}.partial"
    partial.mkdir(mode=0o700)
    try:
        acts, blobs = _copy_tables(installation, database, partial / DATABASE)
        store = Blobs(target / "blobs")
        copied = copy_blobs(database, installation.blobs, store, blobs)
        write_durably(partial / SECRET, installation.secret)
        manifest = {
            "format": FORMAT,
            "archive": installation.archive_id,
            "acts": acts,
            "taken": now().strftime(_STAMP),
            "blobs": blobs,
        }
        write_durably(partial / MANIFEST, json.dumps(manifest, indent=1).encode())
        partial.replace(target / "snapshots" / name)
        sync_folder(target / "snapshots")
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return BackupReport(
        snapshot=name,
        blobs=len(blobs),
        copied=copied.number,
        copied_bytes=copied.size,
        damaged=tuple(sorted(copied.damaged)),
        pruned=_prune(target, store),
    )


def snapshots(target: Path) -> list[str]:
    """Return the whole snapshots in a backup, oldest first."""
    folder = target / "snapshots"
    if not folder.is_dir():
        return []
    return sorted(
        each.name for each in folder.iterdir() if _SNAPSHOT.fullmatch(each.name)
    )


def back_up_keys(installation: Installation, target: Path, now: Clock) -> str:
    """Copy the sealed keys to a folder of their own; destroy copies that are too old.

    Entries of testimonies erased since are destroyed in every copy that is kept.
    """
    with full_disk_named(), _alone(target):
        return _back_up_keys(installation, target, now)


def _back_up_keys(installation: Installation, target: Path, now: Clock) -> str:
    keys = installation.settings.keys
    name = _free_name(target, now())
    partial = target / f".{name}.partial"
    kept = Keyring(partial / "keyring")
    for testimony_id in sorted(installation.keys.keyring.entries()):
        installation.keys.keyring.copy(testimony_id, kept)
    for path in sorted(_beside_the_keyring(keys)):
        copy = partial / path.relative_to(keys)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(copy, path.read_bytes())
    partial.replace(target / name)
    sync_folder(target)
    oldest = now() - timedelta(days=installation.settings.keyring_retention_days)
    living = set(installation.keys.keyring.entries())
    for copy in sorted(target.iterdir()):
        if not _SNAPSHOT.fullmatch(copy.name):
            continue
        taken = datetime.strptime(copy.name[:16], _STAMP).replace(tzinfo=now().tzinfo)
        gone = taken < oldest
        for path in copy.rglob("*"):
            erased = path.parent.name == "keyring" and path.stem not in living
            if path.is_file() and (gone or erased):
                destroy_file(path)
        if gone:
            shutil.rmtree(copy)
    _note(installation, LAST_KEYS, now)
    return name


def _note(installation: Installation, name: str, now: Clock) -> None:
    """Keep the day, for the doctor to ask after."""
    day = now().date().isoformat()
    write_durably(installation.settings.data / name, day.encode())


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold a backup's folder, cleared of what was broken off before."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (target / ".lock").open("wb") as lock:
        (target / ".lock").chmod(0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupBusyError from error
        for path in (target / "snapshots").glob(".*.partial"):
            shutil.rmtree(path)
        for partial in target.glob(".*.partial"):
            # Keys lie in it, and those of testimonies that are erased by now.
            for path in partial.rglob("*"):
                if path.is_file():
                    destroy_file(path)
            shutil.rmtree(partial)
        if (target / "blobs").is_dir():
            Blobs(target / "blobs").discard_unfinished(0)
        yield


def _beside_the_keyring(keys: Path) -> Iterable[Path]:
    return (
        path
        for path in keys.rglob("*")
        if path.is_file() and path.parent != keys / "keyring" and path.suffix != PARTIAL
    )


def _free_name(folder: Path, now: datetime) -> str:
    name = stamp = now.strftime(_STAMP)
    number = 1
    while (folder / name).exists():
        number += 1
        name = f"{stamp}-{number}"
    return name


def copy_tables(source: Connection, sink: Connection) -> None:
    """Copy every row that is worth keeping into empty tables."""
    for table in _COPIED:
        rows = source.execute(select(*table.__table__.columns)).mappings()
        while batch := rows.fetchmany(_ROWS):
            sink.execute(insert(table), [dict(row) for row in batch])


def _copy_tables(
    installation: Installation, database: Database, path: Path
) -> tuple[int, dict[str, dict[str, object]]]:
    address = f"sqlite:///{path.absolute()}"
    installation.migrate(address)
    target = Database(address)
    with database.snapshot() as source:
        with target.filling() as sink:
            copy_tables(source, sink)
        acts = source.scalar(select(func.count()).select_from(ActRow)) or 0
        blobs = blobs_of(source)
    target.settle()
    path.chmod(0o600)
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return acts, blobs


def _prune(target: Path, store: Blobs) -> int:
    names = snapshots(target)
    for name in names[:-KEPT]:
        shutil.rmtree(target / "snapshots" / name)
    wanted: set[str] = set()
    for name in names[-KEPT:]:
        manifest = target / "snapshots" / name / MANIFEST
        wanted.update(json.loads(manifest.read_bytes())["blobs"])
    unwanted = set(store.keys()) - wanted
    for key in unwanted:
        store.delete(key)
    return len(unwanted)
