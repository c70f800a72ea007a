"""What rotted or was lost, found without any key and without a word in the clear.

On a running archive, what comes or goes meanwhile is no finding: what lies on the disk
is listed before the rows are read, and a blob's row is looked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger, openness
from archive.database import Database
from archive.holders import known_narrators
from archive.installation import Installation
from archive.models.act import ActRow
from archive.models.kiosk_device import KioskDevice
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.soundness import act_sound, records
from storage.blobs import Blobs
from storage.errors import BadKeyError, DamagedError, MissingError
from storage.keyring import Keyring

_CHUNK = 1 << 20
_ERASED = "erased"
_FROM_BACKUP = "Bring the archive back from a backup: resguardo restore."
_KEY_FROM_BACKUP = (
    "Bring both its files back from a backup of the keys, which are kept only days."
)
_REKEY = "resguardo rekey gives every entry one."
_LOOK_AGAIN = (
    "A deposit may be under way: look again in an hour. If it is still there, it opens "
    "for nobody and can be deleted."
)
_MEND = "The archive mends it within an hour of being served: resguardo serve."
_FINISH = "Run resguardo status: it finishes erasures."


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it was kept; `kind` is a code, `advice` a sentence."""

    kind: str
    testimony_id: str | None
    found: str
    advice: str


def scrub(installation: Installation, database: Database) -> Iterator[Finding]:
    """Check every row, blob and keyring entry, and that they belong together."""
    keyring = installation.keys.keyring
    blobs, entries = set(installation.blobs.keys()), set(keyring.entries())
    checksums = set(keyring.checksums())
    with database.reading() as session:
        yield from _rows(session)
        yield from _strays(session)
        yield from _reach(session)
        yield from _tablets(session)
        parts = list(session.scalars(select(SealedObject)))
        erased = set(
            session.scalars(select(ActRow.testimony_id).where(ActRow.kind == _ERASED))
        )
    for part in parts:
        yield from _blob(installation.blobs, database, part)
    yield from _entries(keyring, entries)
    with database.reading() as session:
        named = set(session.scalars(select(SealedObject.blob_key)))
        known = set(session.scalars(select(Testimony.testimony_id)))
    for key in sorted(blobs - named - {part.blob_key for part in parts}):
        yield Finding(
            kind="blob-without-row",
            testimony_id=None,
            found=f"the sealed file {key} belongs to no story",
            advice=_LOOK_AGAIN,
        )
    for testimony_id in sorted(known - entries):
        yield _keyless(testimony_id, erased=testimony_id in erased)
    for testimony_id in sorted(entries - known):
        yield Finding(
            kind="entry-without-testimony",
            testimony_id=testimony_id,
            found="there is a key, but no story",
            advice=_FINISH if testimony_id in erased else _FROM_BACKUP,
        )
    for testimony_id in sorted(checksums - entries - known):
        yield Finding(
            kind="checksum-without-entry",
            testimony_id=testimony_id,
            found="there is a key's checksum, but neither key nor story",
            advice="Delete the checksum.",
        )


def _rows(session: Session) -> Iterator[Finding]:
    for record in records(session):
        erased = any(act.kind == _ERASED for act in record.acts)
        faults = record.faults()
        if faults and not erased:
            yield Finding(
                kind="record",
                testimony_id=record.testimony.testimony_id,
                found="damaged or lost in the database: " + ", ".join(faults),
                advice=_FROM_BACKUP,
            )


def _strays(session: Session) -> Iterator[Finding]:
    """Find rows of no testimony; of an erased one, acts are all that stays."""
    known = set(session.scalars(select(Testimony.testimony_id)))
    acts = list(session.scalars(select(ActRow)))
    erased = {act.testimony_id for act in acts if act.kind == _ERASED}
    stray = {
        act.testimony_id
        for act in acts
        if act.testimony_id not in known
        and (act.testimony_id not in erased or not act_sound(act))
    }
    stray |= set(session.scalars(select(SealedObject.testimony_id))) - known
    for testimony_id in sorted(stray):
        yield Finding(
            kind="rows-without-testimony",
            testimony_id=testimony_id,
            found="rows of a story that is not there, or whose id is damaged",
            advice=_FROM_BACKUP,
        )
    owners = known_narrators(session)
    for narrator in session.scalars(select(Narrator)):
        if narrator.narrator_id not in owners or not narrator.sound:
            yield Finding(
                kind="narrator",
                testimony_id=None,
                found="a narrator's row is damaged, or has no story",
                advice=_FROM_BACKUP,
            )


def _reach(session: Session) -> Iterator[Finding]:
    """Find what lists would miss, or look up for nothing."""
    # Of what nobody has looked at yet, lists take everything: that is no damage.
    fresh = set(openness.unknown(session))
    known = [
        testimony_id
        for testimony_id in session.scalars(select(Testimony.testimony_id))
        if testimony_id not in fresh
    ]
    strays = openness.strays(session)
    for testimony_id in sorted([*ledger.unfollowed(session, known), *strays]):
        yield Finding(
            kind="reach",
            testimony_id=testimony_id,
            found="whom it may be open to is not kept as its narrators said: lists may "
            "miss it, and show it to no one else",
            advice=_MEND,
        )


def _tablets(session: Session) -> Iterator[Finding]:
    for device in session.scalars(select(KioskDevice)):
        if not device.sound:
            yield Finding(
                kind="kiosk",
                testimony_id=None,
                found=f"the row of the tablet {device.device_id} is damaged: it is "
                "refused",
                advice="Revoke it with resguardo kiosks and enrol it anew.",
            )


def _blob(blobs: Blobs, database: Database, part: SealedObject) -> Iterator[Finding]:
    told = f"the sealed file of {part.part} {part.revision}"
    try:
        size, digest = _size_and_digest(blobs, part.blob_key)
        if (size, digest) == (part.sealed_size, part.digest):
            return
        kind, found = "blob", f"{told} is not the one that was kept"
    except (MissingError, BadKeyError):
        kind, found = "row-without-blob", f"{told} is not there"
    with database.reading() as session:
        still = select(SealedObject.revision).where(
            SealedObject.blob_key == part.blob_key
        )
        if session.scalar(still) is None:
            return
    yield Finding(
        kind=kind, testimony_id=part.testimony_id, found=found, advice=_FROM_BACKUP
    )


def _size_and_digest(blobs: Blobs, key: str) -> tuple[int, str]:
    digest, size = sha256(), 0
    with blobs.open(key) as blob:
        while chunk := blob.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _entries(keyring: Keyring, entries: set[str]) -> Iterator[Finding]:
    for testimony_id in sorted(entries):
        try:
            keyring.get(testimony_id)
        except MissingError:
            continue
        except DamagedError:
            yield Finding(
                kind="entry",
                testimony_id=testimony_id,
                found="its key in the keyring, or the key's checksum, is damaged",
                advice=_KEY_FROM_BACKUP,
            )
            continue
        if not keyring.vouched(testimony_id):
            yield Finding(
                kind="entry-without-checksum",
                testimony_id=testimony_id,
                found="its key has no checksum: rot would not be noticed",
                advice=_REKEY,
            )


def _keyless(testimony_id: str, *, erased: bool) -> Finding:
    if erased:
        return Finding(
            kind="unfinished-erasure",
            testimony_id=testimony_id,
            found="its erasure was broken off after its key was destroyed",
            advice=_FINISH,
        )
    return Finding(
        kind="testimony-without-entry",
        testimony_id=testimony_id,
        found="its key in the keyring is not there: nothing of it opens",
        advice=_KEY_FROM_BACKUP,
    )
