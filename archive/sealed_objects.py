"""Where a testimony's sealed parts lie; seals new ones to its testimony key."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.orm import Session

from archive.cut_copies import holes_named, name_of
from archive.database import Database
from archive.models.testimony import SealedObject, Testimony
from archive.soundness import locked_testimony
from consent.holes import Hole
from consent.parts import Part
from storage.blobs import Blobs, new_key
from storage.identities import Recipient, parse_recipient
from storage.outline import Outline
from storage.sealing import SealingWriter


@dataclass(frozen=True)
class Cut:
    """What a copy was made without, and what was cut for that; cuts may be wider."""

    holes: tuple[Hole, ...]
    cuts: tuple[Hole, ...]


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One sealed object as the gate needs it; sizes in bytes."""

    blob_key: str
    plain_size: int
    pin: str
    media_type: str
    revision: int
    cuts: tuple[Hole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SealedBlob:
    """A blob that was sealed and kept, before a record says whose it is."""

    blob_key: str
    plain_size: int
    sealed_size: int
    digest: str
    pin: str

    def row(
        self,
        testimony_id: str,
        part: Part,
        revision: int,
        media_type: str,
        cut: Cut | None = None,
    ) -> SealedObject:
        """Return the record of it as a testimony's part."""
        return SealedObject(
            testimony_id=testimony_id,
            part=part.value,
            revision=revision,
            blob_key=self.blob_key,
            plain_size=self.plain_size,
            sealed_size=self.sealed_size,
            digest=self.digest,
            pin=self.pin,
            media_type=media_type,
            holes=None if cut is None else name_of(cut.holes),
            cuts=None if cut is None else name_of(cut.cuts),
        )


class NothingSealedError(LookupError):
    """The testimony has no such part."""


def newest_revision(session: Session, testimony_id: str, part: Part) -> int:
    """Return the number of a part's newest revision, 0 where there is none."""
    found = session.scalar(
        select(func.max(SealedObject.revision)).where(
            SealedObject.testimony_id == testimony_id, SealedObject.part == part.value
        )
    )
    return found or 0


@dataclass(frozen=True)
class SealedObjects:
    """Finds and adds sealed parts; opens none."""

    database: Database
    blobs: Blobs

    def newest(
        self,
        testimony_id: str,
        part: Part,
        revision: int | None,
        holes: str | None = None,
    ) -> Sealed:
        """Return a part's newest revision, or the one named, with just these holes."""
        query = select(SealedObject).where(
            SealedObject.testimony_id == testimony_id,
            SealedObject.part == part.value,
            SealedObject.holes.is_(None)
            if holes is None
            else SealedObject.holes == holes,
        )
        if revision is not None:
            query = query.where(SealedObject.revision == revision)
        with self.database.reading() as session:
            row = session.scalar(query.order_by(SealedObject.revision.desc()).limit(1))
        if row is None:
            raise NothingSealedError
        return Sealed(
            blob_key=row.blob_key,
            plain_size=row.plain_size,
            pin=row.pin,
            media_type=row.media_type,
            revision=row.revision,
            cuts=holes_named(row.cuts),
        )

    def put(self, recipient: Recipient, plain: bytes) -> SealedBlob:
        """Seal small content to a testimony key and keep it, recorded nowhere yet."""
        with PartWriter(self, "", recipient) as writer:
            writer.write(plain)
            return writer.commit()

    def keep_sealed(self, sealed: bytes, told: Outline) -> SealedBlob:
        """Keep small content that came sealed, recorded nowhere yet."""
        key = new_key()
        self.blobs.put(key, sealed)
        return SealedBlob(
            blob_key=key,
            plain_size=told.plain_size,
            sealed_size=len(sealed),
            digest=sha256(sealed).hexdigest(),
            pin=told.pin,
        )

    def add(
        self,
        testimony_id: str,
        part: Part,
        plain: bytes,
        media_type: str,
        also: Callable[[Session], None] | None = None,
    ) -> int:
        """Seal small content as a part's next revision, and return its number.

        `also` is done first in the transaction that records it, and can stop it.
        """
        with self.writer(testimony_id) as writer:
            writer.write(plain)
            return writer.keep(part, media_type, also)

    def writer(self, testimony_id: str) -> "PartWriter":
        """Return a writer that seals as it is written to."""
        with self.database.reading() as session:
            row = session.get(Testimony, testimony_id)
        if row is None:
            raise NothingSealedError
        return PartWriter(self, testimony_id, parse_recipient(row.recipient))

    def drop(self, session: Session, testimony_id: str, part: Part | None) -> list[str]:
        """Forget a testimony's parts (all of them for `None`); return the blob keys."""
        chosen = true() if part is None else SealedObject.part == part.value
        return self._drop(session, testimony_id, chosen)

    def drop_copies(
        self, session: Session, testimony_id: str, but: Collection[str] = ()
    ) -> list[str]:
        """Forget copies with holes, `but` those with holes so named."""
        chosen = SealedObject.holes.is_not(None) & SealedObject.holes.not_in(but)
        return self._drop(session, testimony_id, chosen)

    def _drop(
        self, session: Session, testimony_id: str, which: ColumnElement[bool]
    ) -> list[str]:
        chosen = (SealedObject.testimony_id == testimony_id) & which
        keys = list(session.scalars(select(SealedObject.blob_key).where(chosen)))
        session.execute(delete(SealedObject).where(chosen))
        row = locked_testimony(session, testimony_id)
        if row is not None and row.parts is not None:
            row.parts -= len(keys)
        return keys


class PartWriter:
    """Seals a stream into a blob; nothing is kept unless `keep` was called."""

    def __init__(
        self, objects: SealedObjects, testimony_id: str, recipient: Recipient
    ) -> None:
        self._objects = objects
        self._testimony_id = testimony_id
        self._recipient = recipient
        self._plain_size = 0

    def __enter__(self) -> Self:
        """Begin a blob under a temporary name."""
        self._opened = self._objects.blobs.open_new()
        self._blob = self._opened.__enter__()
        self._seal = SealingWriter(self._blob, [self._recipient])
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Discard what was not kept."""
        self._opened.__exit__(None, None, None)

    def write(self, plain: bytes) -> int:
        """Seal some more."""
        self._plain_size += len(plain)
        self._seal.write(plain)
        return len(plain)

    def commit(self) -> SealedBlob:
        """Make the blob durable."""
        self._seal.close()
        self._blob.commit()
        return SealedBlob(
            blob_key=self._blob.key,
            plain_size=self._plain_size,
            sealed_size=self._seal.sealed_size,
            digest=self._seal.digest,
            pin=self._seal.pin,
        )

    def keep(
        self,
        part: Part,
        media_type: str,
        also: Callable[[Session], None] | None = None,
        cut: Cut | None = None,
    ) -> int:
        """Make the blob durable and record it, as `add`; return its revision."""
        blob = self.commit()
        with self._objects.database.writing() as session:
            if also is not None:
                also(session)
            revision = newest_revision(session, self._testimony_id, part) + 1
            row = blob.row(self._testimony_id, part, revision, media_type, cut)
            session.add(row)
        return revision
