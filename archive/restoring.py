"""A backup becomes an archive again; what was closed since does not come back.

First it is settled what may not come back: what the keyring no longer opens was erased,
and the tombstones say what was erased or withdrawn. Only then is anything copied, and
the database, without which nothing is found, comes last. Broken off, it is run again.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive import ledger, tombstones
from archive.backups import (
    DATABASE,
    FORMAT,
    MANIFEST,
    SECRET,
    copy_blob,
    copy_tables,
    snapshots,
)
from archive.clock import Clock
from archive.database import Database
from archive.installation import ArchiveExistsError, Installation
from archive.models.audit_entry import AuditEntry
from archive.models.request import RequestRow
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from consent.acts import Erased, Withdrawn
from storage.blobs import Blobs
from storage.durable import sync_folder, write_durably
from storage.errors import DamagedError, MissingError

_MARK = "restoring"
_PARTIAL = "restoring.sqlite"


class NotThisArchiveError(Exception):
    """The backup is another archive's, or of a form that is not known."""


class NoKeysError(Exception):
    """The keys are not where they should be: restore them first."""


class NoBackupError(Exception):
    """There is no whole snapshot of that name there."""


class UnreachableTombstonesError(Exception):
    """What was closed since cannot be known; nothing is restored on a doubt."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came back, and what was refused, by testimony id and reason."""

    snapshot: str
    testimonies: int
    refused: dict[str, str]


def restore(
    installation: Installation, source: Path, name: str | None, now: Clock
) -> Restored:
    """Restore a snapshot (the newest, unless named) into an empty data folder."""
    data = installation.settings.data
    if data.exists() and any(_foreign(data, installation.settings.keys)):
        raise ArchiveExistsError
    if not installation.exists:
        raise NoKeysError
    found = snapshots(source)
    if not found or (name is not None and name not in found):
        raise NoBackupError
    snapshot = source / "snapshots" / (name or found[-1])
    manifest = _manifest(installation, snapshot)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(data / _MARK, snapshot.name.encode())
    partial = data / _PARTIAL
    for path in data.glob(f"{_PARTIAL}*"):
        path.unlink()
    shutil.copyfile(snapshot / DATABASE, partial)
    partial.chmod(0o600)
    address = f"sqlite:///{partial.absolute()}"
    installation.migrate(address)
    database = Database(address)
    try:
        refused = _refused(installation, database)
        _destroy_keys(installation)
        with database.writing() as session:
            for testimony_id, reason in refused.items():
                _close(session, testimony_id, reason, now)
        with database.reading() as session:
            wanted = set(session.scalars(select(SealedObject.blob_key)))
            count = len(list(session.scalars(select(Testimony.testimony_id))))
        _copy(Blobs(source / "blobs"), installation.blobs, manifest, wanted)
        for folder in (installation.settings.slots, installation.uploads_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(data / SECRET, (snapshot / SECRET).read_bytes())
        _put_in_place(installation, database, partial)
    finally:
        database.close()
    (data / _MARK).unlink()
    return Restored(
        snapshot=snapshot.name, testimonies=count, refused=dict(sorted(refused.items()))
    )


def _foreign(data: Path, keys: Path) -> list[Path]:
    """Return what lies in a data folder beside keys and a restoring broken off."""
    if (data / _MARK).exists() and not (data / DATABASE).exists():
        return []
    return [
        path
        for path in data.iterdir()
        if path != keys and not path.name.startswith(_MARK)
    ]


def _manifest(installation: Installation, snapshot: Path) -> dict[str, dict[str, str]]:
    try:
        told = json.loads((snapshot / MANIFEST).read_bytes())
        blobs: dict[str, dict[str, str]] = told["blobs"]
        ours = (told["format"], told["archive"]) == (FORMAT, installation.archive_id)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(MANIFEST) from error
    if not ours:
        raise NotThisArchiveError
    return blobs


def _refused(installation: Installation, snapshot: Database) -> dict[str, str]:
    """Return which testimonies of a snapshot may not come back as they were."""
    with snapshot.reading() as session:
        known = set(session.scalars(select(Testimony.testimony_id)))
    try:
        stones = tombstones.unknown_here(installation, snapshot)
    except OSError as error:
        raise UnreachableTombstonesError from error
    living = set(installation.keys.keyring.entries())
    refused = {
        stone.testimony_id: stone.kind
        for stone in stones
        if stone.testimony_id in known
    }
    return refused | dict.fromkeys(known - living, tombstones.ERASED)


def _destroy_keys(installation: Installation) -> None:
    """Destroy what an old copy of the keys brought back of what was erased since."""
    for stone in tombstones.last_words(installation).values():
        if stone.kind == tombstones.ERASED:
            installation.keys.keyring.destroy(stone.testimony_id)


def _close(session: Session, testimony_id: str, reason: str, now: Clock) -> None:
    if reason == tombstones.WITHDRAWN:
        ledger.append(session, testimony_id, Withdrawn(), now())
        return
    ledger.append(session, testimony_id, Erased(), now())
    ledger.forget(session, testimony_id)
    for table in (SealedObject, RequestRow, AuditEntry, TranscriptionJob):
        session.execute(delete(table).where(table.testimony_id == testimony_id))
    row = session.get_one(Testimony, testimony_id)
    narrator_id = row.narrator_id
    session.delete(row)
    session.flush()
    others = select(Testimony.testimony_id).where(Testimony.narrator_id == narrator_id)
    if session.scalar(others.limit(1)) is None:
        session.execute(delete(Narrator).where(Narrator.narrator_id == narrator_id))


def _copy(
    source: Blobs, target: Blobs, manifest: dict[str, dict[str, str]], wanted: set[str]
) -> None:
    for key in sorted(wanted):
        if key not in manifest:
            raise DamagedError(MANIFEST)
        try:
            if target.size(key) == source.size(key):
                continue
        except MissingError:
            pass
        copy_blob(source, target, key, manifest[key]["sha256"])


def _put_in_place(
    installation: Installation, database: Database, partial: Path
) -> None:
    if installation.settings.database_url:
        installation.migrate()
        target = Database(installation.settings.database)
        try:
            with database.snapshot() as found, target.filling() as sink:
                copy_tables(found, sink)
        finally:
            target.close()
        partial.unlink()
        return
    database.settle()
    partial.replace(installation.settings.data / DATABASE)
    sync_folder(installation.settings.data)
