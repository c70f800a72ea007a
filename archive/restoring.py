"""A backup becomes an archive again; what was closed since does not come back.

First it is settled what may not come back as it was: what the keyring no longer opens
was erased; tombstones, newer snapshots and a ledger that survived tell what was said
since. Without a place for tombstones nobody can tell, and everything comes back closed.
Of an answer to one person's request, and of an account or a tablet that was revoked,
nothing tells: each has to be given, vouched for or enrolled again.
Only then is anything copied, and the database, without which nothing is found, comes
last. Broken off, it is run again.
"""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from archive import erasing_days, ledger, tombstones
from archive.backups import (
    DATABASE,
    FORMAT,
    MANIFEST,
    SECRET,
    snapshots,
)
from archive.blob_copies import copy_blob
from archive.clock import Clock
from archive.closed_since import (
    close,
    end_enrolments,
    end_vouching,
    news_of,
    open_to_others,
    take_answers_back,
)
from archive.database import Database
from archive.installation import ArchiveExistsError, Installation
from archive.models.testimony import SealedObject, Testimony
from archive.table_copies import copy_tables
from storage.blobs import Blobs
from storage.durable import sync_folder, write_durably
from storage.errors import DamagedError, MissingError

_MARK = "restoring"
_PARTIAL = "restoring.sqlite"
_AT_ONCE = 8


class NotThisArchiveError(Exception):
    """The backup is another archive's, or of a form that is not known."""


class NoKeysError(Exception):
    """The keys are not where they should be: restore them first."""


class NoBackupError(Exception):
    """There is no whole snapshot of that name there."""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What else tells what was said since: a ledger that survived, or who restores.

    `as_it_was` takes it on oneself that nothing was closed since.
    """

    ledger: Path | None = None
    as_it_was: bool = False


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came back, and what was refused, by testimony id and reason.

    `newer` keys are kept whose testimonies the snapshot does not know yet. Of `damaged`
    testimonies a part was not whole in the backup, and does not open. `unvouched`
    accounts have to be vouched for again, `unenrolled` tablets to be enrolled.
    """

    snapshot: str
    testimonies: int
    refused: dict[str, str]
    newer: int
    damaged: tuple[str, ...]
    unvouched: int
    unenrolled: int


def restore(
    installation: Installation,
    source: Path,
    name: str | None,
    now: Clock,
    trust: Trust = Trust(),
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
    database = _copied(installation, snapshot, partial)
    try:
        later = found[found.index(snapshot.name) + 1 :]
        newer = [source / "snapshots" / each for each in later]
        ledgers = [each / DATABASE for each in newer]
        refused = _settle(installation, database, ledgers, trust, now)
        unvouched, unenrolled = _ended(database, trust, now)
        with database.reading() as session:
            parts = session.scalars(select(SealedObject))
            wanted = {part.blob_key: part.testimony_id for part in parts if part.sound}
            known = set(session.scalars(select(Testimony.testimony_id)))
        lost = _copy(Blobs(source / "blobs"), installation.blobs, manifest, wanted)
        for folder in (installation.settings.slots, installation.uploads_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(data / SECRET, (snapshot / SECRET).read_bytes())
        _put_in_place(installation, database, partial)
        tombstones.mark_closed(installation, refused)
    finally:
        database.close()
    (data / _MARK).unlink()
    return Restored(
        snapshot=snapshot.name,
        testimonies=len(known),
        refused=dict(sorted(refused.items())),
        newer=len(set(installation.keys.keyring.entries()) - known),
        damaged=tuple(sorted(lost)),
        unvouched=unvouched,
        unenrolled=unenrolled,
    )


def _copied(installation: Installation, snapshot: Path, partial: Path) -> Database:
    for path in partial.parent.glob(f"{_PARTIAL}*"):
        path.unlink()
    shutil.copyfile(snapshot / DATABASE, partial)
    partial.chmod(0o600)
    address = f"sqlite:///{partial.absolute()}"
    installation.migrate(address)
    return Database(address)


def _settle(
    installation: Installation,
    database: Database,
    ledgers: list[Path],
    trust: Trust,
    now: Clock,
) -> dict[str, str]:
    """Close in a snapshot what was closed since; return why, by testimony."""
    surviving = [trust.ledger] if trust.ledger else []
    news = news_of(installation, database, [*ledgers, *surviving])
    refused = news.refused
    # An old copy of the keys may have brought them back.
    for testimony_id in news.erased:
        installation.keys.keyring.destroy(testimony_id)
    if installation.settings.tombstones is None and not trust.as_it_was:
        refused = open_to_others(database, now) | refused
    with database.writing() as session:
        for testimony_id, reason in refused.items():
            close(session, testimony_id, reason, now)
        if not trust.as_it_was:
            take_answers_back(session, now)
        if installation.settings.tombstones is None:
            erasing_days.ask_anew(session, now())
        # Derived, so no copy holds it.
        ledger.rebuild_openness(session)
    return refused


def _ended(database: Database, trust: Trust, now: Clock) -> tuple[int, int]:
    """Count the accounts not vouched for, and the tablets not enrolled, any more."""
    if trust.as_it_was:
        return 0, 0
    with database.writing() as session:
        return end_vouching(session), end_enrolments(session, now)


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


def _copy(
    source: Blobs,
    target: Blobs,
    manifest: dict[str, dict[str, str]],
    wanted: dict[str, str],
) -> set[str]:
    """Copy what is whole; return the testimonies of which something is not."""

    def whole(key: str) -> bool:
        try:
            if target.size(key) == source.size(key):
                return True
        except MissingError:
            pass
        try:
            copy_blob(source, target, key, manifest[key]["sha256"])
        except (KeyError, DamagedError, MissingError):
            return False
        return True

    # Each is made durable by itself: together they wait for the disk once.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = dict(zip(wanted, pool.map(whole, wanted), strict=True))
    return {wanted[key] for key, copied in found.items() if not copied}


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
