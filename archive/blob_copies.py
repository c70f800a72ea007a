"""Sealed blobs, copied into a backup and out of it, and checked on the way."""

from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.engine import Connection

from archive.database import Database
from archive.models.checked import is_sound
from archive.models.testimony import SealedObject
from storage.blobs import Blobs
from storage.errors import DamagedError, MissingError

_CHUNK = 1 << 20


@dataclass
class Copied:
    """How many blobs were copied, their bytes, and of which testimonies one was not."""

    number: int = 0
    size: int = 0
    damaged: set[str] = field(default_factory=set)


def blobs_of(source: Connection) -> dict[str, dict[str, object]]:
    """Return what is kept in blobs: sealed size and SHA-256, by key."""
    rows = source.execute(select(*SealedObject.__table__.columns)).mappings()
    # What rot made of a row names no blob that could be checked.
    return {
        row["blob_key"]: {"size": row["sealed_size"], "sha256": row["digest"]}
        for row in rows
        if is_sound({str(key): value for key, value in row.items()})
    }


def copy_blobs(
    database: Database,
    source: Blobs,
    store: Blobs,
    blobs: dict[str, dict[str, object]],
) -> Copied:
    """Copy what a store does not have yet; what was erased meanwhile leaves `blobs`."""
    found = Copied()
    for key, told in list(blobs.items()):
        try:
            if store.size(key) == told["size"]:
                continue
        except MissingError:
            pass
        try:
            size = copy_blob(source, store, key, str(told["sha256"]))
        except (MissingError, DamagedError):
            with database.reading() as session:
                still = select(SealedObject.testimony_id).where(
                    SealedObject.blob_key == key
                )
                testimony_id = session.scalar(still)
            if testimony_id is None:
                # Erased since the snapshot began: it is in no backup any more.
                del blobs[key]
            else:
                found.damaged.add(testimony_id)
            continue
        found.number, found.size = found.number + 1, found.size + size
    return found


def copy_blob(source: Blobs, store: Blobs, key: str, expected: str) -> int:
    """Copy one blob and return its size; raise `DamagedError` unless it is whole."""
    digest, size = sha256(), 0
    with source.open(key) as blob, store.open_new(key) as writer:
        while chunk := blob.read(_CHUNK):
            digest.update(chunk)
            size += writer.write(chunk)
        if digest.hexdigest() != expected:
            raise DamagedError("a blob is not the one that was kept")
        writer.commit()
    return size
