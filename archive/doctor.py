"""What is wrong with an installation, in plain words, each with what to do.

Nothing in the answers is secret, and nothing in them names anyone.
"""

import io
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from archive import backups, openness, tombstones
from archive.access import LockState, VaultUnavailableError
from archive.checks import Check, Verdict, advice, good, wrong
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.ledger_checks import erasures_check, ledger_check, witness_check
from archive.local_tls import certificate_check
from archive.models.act import ActRow
from archive.soundness import act_sound
from archive.tombstones import Standing
from storage.errors import StorageError
from transcription.decoding_box.parent import Box
from transcription.decoding_box.wire import Task
from transcription.errors import EngineError
from transcription.weights import find_weights

__all__ = ["Check", "Verdict", "examine"]

_YEAR, _WEEK = timedelta(days=365), timedelta(days=7)
_LAST_ACTS = 20
_TIGHT = 1 << 30
_OTHERS = 0o077


def examine(
    installation: Installation,
    database: Database,
    vault: Callable[[], LockState],
    now: Clock,
) -> Iterator[Check]:
    """Look at everything; `vault` asks whoever holds the keys."""
    yield from _permissions(installation)
    yield _disk(installation)
    reachable = _database(installation, database)
    yield reachable
    yield _vault(vault)
    if reachable.verdict is Verdict.GOOD:
        yield _tombstones(installation, database)
        yield ledger_check(installation, database)
        yield witness_check(installation, database)
        yield erasures_check(database, now)
        yield _clock(database, now)
        yield from _lists(database)
    yield from _backups(installation, now)
    if installation.keys.custody.exists:
        yield _custodians(installation, now)
    yield _apart(installation)
    yield certificate_check(installation.settings.data, now())
    yield _weights(installation)
    yield _decoder()


def _permissions(installation: Installation) -> Iterator[Check]:
    settings = installation.settings
    places: dict[str, Path] = {
        "the data folder": settings.data,
        "the keys folder": settings.keys,
        "the keyring": settings.keys / "keyring",
        "the archive identity file": settings.keys / "archive.identity.age",
        "the ledger's key": installation.keys.ledger.path,
        "secret.key": settings.data / "secret.key",
        "the database file": settings.data / "archive.sqlite",
    }
    if settings.passphrase_file is not None:
        places["the passphrase file"] = settings.passphrase_file
    loose = [
        name
        for name, path in places.items()
        if path.exists() and path.stat().st_mode & _OTHERS
    ]
    for name in loose:
        yield wrong(
            "permissions",
            f"Other users of this machine may reach {name}.",
            "Take their rights away: chmod go-rwx",
        )
    if not (settings.data / "secret.key").exists():
        yield wrong(
            "permissions",
            "secret.key is missing: nobody with an account can sign in.",
            "Bring it back from a backup: it lies in every snapshot.",
        )
    if not loose:
        yield good("permissions", "Only the archive's own user reaches its files.")


def _disk(installation: Installation) -> Check:
    free = shutil.disk_usage(installation.settings.data).free
    told = f"{free >> 20} MiB are free for recordings."
    if free < _TIGHT:
        return wrong("disk", told, "Make room: new recordings will be refused.")
    if free < installation.settings.max_upload_bytes:
        return advice("disk", told, "The largest recording taken in would not fit.")
    return good("disk", told)


def _database(installation: Installation, database: Database) -> Check:
    try:
        newest = installation.migrated(database)
    except (SQLAlchemyError, StorageError, OSError):
        return wrong(
            "database",
            "The database cannot be reached or read.",
            "Start it, or bring it back from a backup: resguardo restore",
        )
    if not newest:
        return wrong(
            "database",
            "Its tables are not of this version.",
            "Start the archive with this version once: resguardo serve",
        )
    return good("database", "Reachable, and its tables are of this version.")


def _vault(vault: Callable[[], LockState]) -> Check:
    try:
        state = vault()
    except VaultUnavailableError:
        return advice(
            "vault",
            "No vault answers: the archive is not being served.",
            "If it should be: resguardo serve",
        )
    if not state.locked:
        return good("vault", "It answers and is open.")
    if state.reason:
        return wrong(
            "vault",
            "It is locked, and stays so: what is kept outside does not agree.",
            "See about tombstones and witness.",
        )
    return advice("vault", "It answers and is locked.", "resguardo unlock")


def _tombstones(installation: Installation, database: Database) -> Check:
    match tombstones.standing(installation, database):
        case Standing.NONE:
            return advice(
                "tombstones",
                "What is closed is noted nowhere outside this machine.",
                "Set RESGUARDO_TOMBSTONES to a folder elsewhere.",
            )
        case Standing.OLDER:
            return wrong(
                "tombstones",
                "Stories were closed since this copy of the archive was made.",
                "resguardo apply-tombstones",
            )
        case Standing.UNREACHABLE:
            return wrong(
                "tombstones",
                "The place where closings are noted cannot be reached.",
                "Make it reachable; until then nothing opens.",
            )
        case Standing.SAME:
            return good("tombstones", "All that was closed is known here.")


def _clock(database: Database, now: Clock) -> Check:
    with database.reading() as session:
        last = select(ActRow).order_by(ActRow.sequence.desc()).limit(_LAST_ACTS)
        days = [row.day for row in session.scalars(last) if act_sound(row)]
    newest = max(days, default=date.min)
    if now().date() < newest:
        return wrong(
            "clock",
            f"This machine's clock is behind: the newest act is of {newest}.",
            "Set the clock; the archive lets consent end by it.",
        )
    return good("clock", "Not behind what was recorded.")


def _lists(database: Database) -> Iterator[Check]:
    with database.reading() as session:
        missing = len(openness.unknown(session)) + len(openness.strays(session))
    if missing:
        yield advice(
            "lists",
            f"Lists are slow: of {missing} stories it is not kept who may know.",
            "The archive mends it while it is served: resguardo serve",
        )


def _backups(installation: Installation, now: Clock) -> Iterator[Check]:
    command = "resguardo backup FOLDER --keyring-to ANOTHER"
    for about, note in (("backup", backups.LAST), ("key backup", backups.LAST_KEYS)):
        last = _day(installation.settings.data / note)
        if last is None:
            yield advice(about, "None is known of.", command)
        elif now().date() - last > _WEEK:
            yield advice(about, f"The last is of {last}.", command)
        else:
            yield good(about, f"The last is of {last}.")


def _custodians(installation: Installation, now: Clock) -> Check:
    last = installation.keys.custody.last_proven
    told = f"Last proven opening: {last or 'never'}."
    if last is None or now().date() - last > _YEAR:
        return advice("custodians", told, "resguardo custodians rehearse")
    return good("custodians", told)


def _apart(installation: Installation) -> Check:
    settings = installation.settings
    if settings.keys.resolve().is_relative_to(settings.data.resolve()):
        return advice(
            "keyring",
            "The keys lie in the data folder: a copy of it holds both.",
            "Move them apart and set RESGUARDO_KEYRING.",
        )
    return good("keyring", "Kept apart from the data.")


def _weights(installation: Installation) -> Check:
    try:
        find_weights(installation.settings.model)
    except (EngineError, OSError):
        return wrong(
            "speech recognition",
            "Its weights are not there, or not as they should be.",
            "Install Resguardo anew, or set RESGUARDO_MODEL to a folder with a model.",
        )
    return good("speech recognition", "Its weights are there.")


def _decoder() -> Check:
    try:
        with Box(io.BytesIO(), Task.NOTHING) as box:
            filtered = box.filtered
    except (EngineError, OSError):
        return wrong(
            "decoder",
            "It cannot be shut in here, so no recording is decoded.",
            "See docs/operators.md, The decoder's box.",
        )
    if not filtered:
        return advice(
            "decoder",
            "Shut in by limits alone: this kernel or machine has no filter for it.",
            "Run the worker on Linux with seccomp, on x86-64 or aarch64.",
        )
    return good("decoder", "Shut in: limits, and seccomp refuses it the rest.")


def _day(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
