"""A new archive identity: every key wrapped anew, and the old one refused after.

Kill-safe without a journal. While keys are exchanged the identity file holds both
identities, the new one first, so that at every moment one opening opens everything;
running it again finishes what was left. It holds the new one alone only when no entry
needs the old one any more.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select

from archive import closings
from archive.access import Access
from archive.database import Database
from archive.installation import Installation
from archive.models.act import ActRow
from archive.models.person import PersonRow
from archive.models.testimony import Narrator, Testimony
from consent.actors import Person
from storage.archive_identity import ArchiveIdentity
from storage.errors import MissingError, NoMatchError, StorageError
from storage.identities import HybridIdentity, parse_recipient
from storage.keyring import EntryChangedError, unwrap_testimony_key

_BATCH = 100
_AT_ONCE = 8


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
    one = _Exchange(installation, database, both, _claim_recipients(database))
    entries = sorted(installation.keys.keyring.entries())
    found: dict[_Outcome, list[str]] = {outcome: [] for outcome in _Outcome}
    # Most of the time goes to waiting for the disk: together they wait once.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes = zip(entries, pool.map(one.exchanged, entries), strict=True)
        for done, (testimony_id, outcome) in enumerate(outcomes, 1):
            progress(done)
            found[outcome].append(testimony_id)
    return Rekeyed(
        wrapped=len(found[_Outcome.WRAPPED]),
        without_archive=len(found[_Outcome.WITHOUT_ARCHIVE]),
        left=tuple(found[_Outcome.LEFT]),
    )


class _Outcome(Enum):
    """What became of one keyring entry."""

    WRAPPED = "wrapped"
    WITHOUT_ARCHIVE = "without-archive"
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True)
class _Exchange:
    """Exchanges one entry; every entry is apart from every other."""

    installation: Installation
    database: Database
    both: ArchiveIdentity
    claims: Mapping[str, str | None]

    def exchanged(self, testimony_id: str) -> _Outcome:
        """Wrap one testimony key anew, and say what became of it."""
        keys = self.installation.keys
        new, old = self.both[:1], self.both[1:]
        try:
            entry = keys.keyring.get(testimony_id)
        except MissingError:
            return _Outcome.ERASED
        except StorageError:
            return _Outcome.LEFT
        if _opens(entry, new):
            return _Outcome.WRAPPED
        try:
            key = unwrap_testimony_key(entry, old)
        except NoMatchError:
            return _Outcome.WITHOUT_ARCHIVE
        except StorageError:
            return _Outcome.LEFT
        claim = self.claims.get(testimony_id)
        if claim is None:
            return _Outcome.LEFT
        holders = [new[0].recipient, parse_recipient(claim)]
        try:
            keys.wrap(testimony_id, key, holders, instead_of=entry)
        except EntryChangedError:
            # Its narrator left the archive out, let it in, or erased it.
            return self.exchanged(testimony_id)
        if self._erased(testimony_id):
            # Its narrator erased it between our reading and our writing. An erasure
            # is in the ledger before its key goes: one that we miss here comes after.
            keys.keyring.destroy(testimony_id)
            return _Outcome.ERASED
        return _Outcome.WRAPPED

    def _erased(self, testimony_id: str) -> bool:
        acts = select(ActRow.sequence).where(
            ActRow.testimony_id == testimony_id, ActRow.kind == closings.ERASED
        )
        with self.database.reading() as session:
            return session.scalar(acts.limit(1)) is not None


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
