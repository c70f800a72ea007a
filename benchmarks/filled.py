"""An archive with as many testimonies as wanted, made without a claim code for each."""

import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from archive import ledger
from archive.clock import now
from archive.config import Settings
from archive.database import Database
from archive.installation import Installation
from archive.models.testimony import Narrator, Testimony
from archive.sealed_objects import SealedBlob, SealedObjects
from consent.acts import Given, Notice
from consent.parts import Part
from consent.terms import SILENCE
from storage.identities import HybridIdentity

PASSPHRASE = "a passphrase for measuring"
_BATCH = 500


def create(folder: Path) -> Installation:
    """Make an empty archive, its keys beside its data."""
    shutil.rmtree(folder, ignore_errors=True)
    installation = Installation(
        Settings(data=folder / "var", keyring=folder / "keys", cooling_off_hours=0)
    )
    installation.create(PASSPHRASE)
    return installation


def fill(installation: Installation, count: int, size: int) -> None:
    """Add testimonies, each of one narrator, with a sealed sound of `size` bytes.

    A size of 0 seals none: only keys and records are made.
    """
    sound = secrets.token_bytes(size)
    with closing(installation.open()) as database:
        objects = SealedObjects(database, installation.blobs)
        for start in range(0, count, _BATCH):
            batch = min(_BATCH, count - start)
            _admit(installation, database, objects, batch, sound)


def _admit(
    installation: Installation,
    database: Database,
    objects: SealedObjects,
    count: int,
    sound: bytes,
) -> None:
    # One claim for all of them: what they cost to read and to seal to is the same.
    claim = HybridIdentity.generate().recipient
    narrator = str(claim)

    def make(_: int) -> tuple[str, str, list[SealedBlob]]:
        key, testimony_id = HybridIdentity.generate(), secrets.token_hex(16)
        installation.keys.admit(testimony_id, key, claim)
        blobs = [objects.put(key.recipient, sound)] if sound else []
        return testimony_id, str(key.recipient), blobs

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(count)))
    given = Given(SILENCE, Notice("measuring", "es"), now().date())
    with database.writing() as session:
        session.add_all(
            Narrator(narrator_id=each, locator=each, recipient=narrator)
            for each, _, _ in made
        )
        session.flush()
        session.add_all(
            Testimony(
                testimony_id=each,
                narrator_id=each,
                recipient=recipient,
                arrived_on=now().date(),
            )
            for each, recipient, _ in made
        )
        session.flush()
        for each, _, blobs in made:
            for blob in blobs:
                session.add(blob.row(each, Part.ORIGINAL, 1, "audio/mpeg"))
            ledger.append(session, each, given, now())
