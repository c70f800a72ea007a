"""Blobs that belong to nothing: what a crash, or an upload given up, left behind."""

from datetime import timedelta

from sqlalchemy import select

from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.models.testimony import SealedObject, Testimony

_KEPT = timedelta(days=30)
_UNFINISHED_SECONDS = 24 * 3600.0


def sweep(installation: Installation, database: Database, now: Clock) -> int:
    """Delete blobs that nothing has named for thirty days; return how many.

    Nothing is deleted while the record itself may have lost something: a testimony
    whose key is kept, or a blob that is named but not there.
    """
    blobs = installation.blobs
    written = dict(blobs.listing())
    # In this order: what leaves the uploads is in the record before.
    kept = installation.uploads.kept_keys()
    with database.reading() as session:
        named = set(session.scalars(select(SealedObject.blob_key)))
        known = set(session.scalars(select(Testimony.testimony_id)))
    if named - written.keys() or set(installation.keys.keyring.entries()) - known:
        return 0
    oldest = now() - _KEPT
    unnamed = written.keys() - named - kept
    orphans = [key for key in unnamed if written[key] < oldest]
    for key in orphans:
        blobs.delete(key)
    return len(orphans) + blobs.discard_unfinished(_UNFINISHED_SECONDS)
