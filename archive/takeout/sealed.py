"""Everything of a narrator's as it lies sealed: their seven words open it anywhere.

It needs no key here, so it is given also while the archive is locked. The folders are
called as they are in an archive, so that what opens one without Resguardo opens this.
"""

import json
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Copying, NotHereError
from archive.database import Database
from archive.installation import Installation
from archive.listeners import Listeners
from archive.lone_pages import static
from archive.models.testimony import SealedObject, Testimony
from archive.past import Past
from archive.takeout.members import Member, Package, into_zip, released, written
from archive.takeout.opener import opener, read_me
from archive.takeout.told import Word, word_of
from archive.telling.tongues import LANGUAGES, tongue
from archive.wishes import Wishes
from consent.actors import Actor
from consent.parts import Part
from storage.identities import Recipient, parse_recipient
from storage.sealing import seal

_FORM = "resguardo-sealed-1"
_LICENCES = "vendor/age-LICENSE.txt"


@dataclass(frozen=True)
class SealedTakeout:
    """Gives narrators what is theirs, sealed."""

    installation: Installation
    database: Database
    copies: Copying
    wishes: Wishes
    past: Past
    listeners: Listeners

    def package(self, actor: Actor, testimony_id: str) -> Package:
        """Return all of it as a ZIP, with the page that opens it."""
        return into_zip(self.members(actor, testimony_id))

    def size(self, actor: Actor, testimony_id: str) -> int:
        """Return how large it is about, in bytes."""
        self.wishes.standing(actor, testimony_id)
        with self.database.reading() as session:
            return sum(row.sealed_size for row in _rows(session, testimony_id))

    def members(self, actor: Actor, testimony_id: str) -> list[Member]:
        """Return every file; raise `NotHereError` to all but its narrators."""
        word = word_of(self.wishes, self.past, self.listeners, actor, testimony_id)
        entry = self.copies.sealed_key(actor, testimony_id)
        with self.database.reading() as session:
            rows = _rows(session, testimony_id)
            testimony = session.get(Testimony, testimony_id)
            if testimony is None:
                raise NotHereError
            recipient = parse_recipient(testimony.recipient)
        return [
            written("open.html", opener()),
            written("README.txt", read_me()),
            written("keys/claim.salt", self.installation.claim_salt),
            written("keys/keyring/testimony.age", entry),
            written("sealed/contents.age", _contents(rows, word, recipient)),
            *(self._part(actor, each) for each in rows),
            written("licences.txt", static(_LICENCES)),
        ]

    def _part(self, actor: Actor, row: SealedObject) -> Member:
        return released(
            _file(row),
            partial(
                self.copies.sealed_part,
                actor,
                row.testimony_id,
                Part(row.part),
                row.revision,
            ),
        )


def _rows(session: Session, testimony_id: str) -> list[SealedObject]:
    query = (
        select(SealedObject)
        .where(
            SealedObject.testimony_id == testimony_id,
            # What is under way is told by what it becomes.
            SealedObject.part != Part.CHECKPOINT.value,
            # A copy with holes tells what others who speak in it keep to themselves.
            SealedObject.holes.is_(None),
        )
        .order_by(SealedObject.part, SealedObject.revision)
    )
    return list(session.scalars(query))


def _contents(rows: list[SealedObject], word: Word, recipient: Recipient) -> bytes:
    """Return what the files are and what was said of them, sealed as they are."""
    told = {
        "form": _FORM,
        "parts": [
            {
                "file": _file(row),
                "part": row.part,
                "revision": row.revision,
                "type": row.media_type,
                "size": row.plain_size,
                "sha256": row.digest,
            }
            for row in rows
        ],
        "told": {
            code: {
                "terms": word.terms_in(tongue(code)),
                "listeners": word.listeners_in(tongue(code)),
                "history": [
                    [each.day, each.heading, *each.sentences]
                    for each in word.history_in(tongue(code))
                ],
            }
            for code in LANGUAGES
        },
        "files": word.files(),
    }
    return seal(json.dumps(told, ensure_ascii=False).encode(), [recipient])


def _file(row: SealedObject) -> str:
    return f"sealed/{row.part}-{row.revision}.age"
