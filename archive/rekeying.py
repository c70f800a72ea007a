"""A new archive identity: every key wrapped anew, and the old one refused after.

Kill-safe without a journal. While keys are exchanged the identity file holds both
identities, the new one first, so that at every moment one opening opens everything;
running it again finishes what was left. It holds the new one alone only when no entry
needs the old one any more.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from archive.access import Access
from archive.database import Database
from archive.installation import Installation
from archive.models.person import PersonRow
from archive.models.testimony import Narrator, Testimony
from consent.actors import Person
from storage.archive_identity import ArchiveIdentity
from storage.errors import MissingError, NoMatchError, StorageError
from storage.identities import HybridIdentity, parse_recipient
from storage.keyring import unwrap_testimony_key

_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Rekeyed:
    """What was done; `left` are testimonies that still need the old identity.

    Their narrators' recipients are not known, or their entries are damaged.
    """

    wrapped: int
    without_archive: int
    left: tuple[str, ...]

    @property
    def finished(self) -> bool:
        """Say whether the old identity is refused from now on."""
        return not self.left


def begin(
    installation: Installation, present: ArchiveIdentity, passphrase: str | None
) -> ArchiveIdentity:
    """Keep a new identity beside the present one, and seal deposits to it from now on.

    Going on with an exchange that was broken off, return the same two again.
    """
    keys = installation.keys
    both = present if len(present) > 1 else (HybridIdentity.generate(), *present)
    # Both ways of opening know the new one before anything is sealed to it.
    keys.keep(both, passphrase)
    keys.publish(both[0])
    return both


def exchange(
    installation: Installation,
    database: Database,
    both: ArchiveIdentity,
    progress: Callable[[int], None],
) -> Rekeyed:
    """Wrap every testimony key for the new identity and its narrator."""
    keys = installation.keys
    new, old = both[:1], both[1:]
    claims = _claim_recipients(database)
    wrapped = without = 0
    left: list[str] = []
    for done, testimony_id in enumerate(sorted(keys.keyring.entries()), 1):
        progress(done)
        try:
            entry = keys.keyring.get(testimony_id)
        except MissingError:
            continue
        except StorageError:
            left.append(testimony_id)
            continue
        if _opens(entry, new):
            wrapped += 1
            continue
        try:
            key = unwrap_testimony_key(entry, old)
        except NoMatchError:
            without += 1
            continue
        except StorageError:
            left.append(testimony_id)
            continue
        claim = claims.get(testimony_id)
        if claim is None:
            left.append(testimony_id)
            continue
        keys.admit(testimony_id, key, parse_recipient(claim))
        wrapped += 1
    return Rekeyed(wrapped=wrapped, without_archive=without, left=tuple(left))


def reseal_cards(installation: Installation, database: Database, gate: Access) -> None:
    """Seal who accounts belong to for the new identity."""
    with database.reading() as session:
        people = list(session.scalars(select(PersonRow.person_id)))
    for start in range(0, len(people), _BATCH):
        with database.writing() as session:
            for person_id in people[start : start + _BATCH]:
                card = gate.card(Person(person_id), person_id)
                row = session.get(PersonRow, person_id)
                if row is not None:
                    row.card = installation.keys.seal_for_the_archive(card)


def finish(
    installation: Installation, both: ArchiveIdentity, passphrase: str | None
) -> ArchiveIdentity:
    """Keep the new identity alone."""
    alone = both[:1]
    installation.keys.keep(alone, passphrase)
    return alone


def _claim_recipients(database: Database) -> dict[str, str | None]:
    with database.reading() as session:
        rows = session.execute(
            select(Testimony, Narrator).join(
                Narrator, Narrator.narrator_id == Testimony.narrator_id
            )
        )
        # Wrapped for whom rot made of a narrator, a key would be lost to them.
        return {
            testimony.testimony_id: narrator.recipient
            for testimony, narrator in rows
            if testimony.sound and narrator.sound
        }


def _opens(entry: bytes, identity: ArchiveIdentity) -> bool:
    try:
        unwrap_testimony_key(entry, identity)
    except StorageError:
        return False
    return True
