"""A new archive identity: every key wrapped anew, and the old one refused after.

Kill-safe without a journal. While keys are exchanged the identity file holds both
identities, the new one first, so that at every moment one opening opens everything;
running it again finishes what was left. It holds the new one alone only when no entry
needs the old one any more.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import closings, ledger
from archive.access import Access, DamagedStoryError
from archive.clock import now
from archive.database import Database
from archive.holders import NoClaimRecipientError, claim_recipients, narrators_of
from archive.installation import Installation
from archive.models.act import ActRow
from archive.models.person import PersonRow
from consent.actors import Person
from storage.archive_identity import ArchiveIdentity
from storage.errors import MissingError, NoMatchError, StorageError
from storage.identities import HybridIdentity, KeyIdentity, Recipient
from storage.keyring import EntryChangedError
from storage.keyring_entries import (
    Entry,
    claim_digest,
    holders_of,
    open_entry,
    unwrap_testimony_key,
)

_BATCH = 100
_AT_ONCE = 8
_THE_ARCHIVE = 1


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
    # What a tablet had sealed may have come in while no key was at hand to open it.
    old = (*both[1:], *installation.keys.retired.opened(both))
    one = _Exchange(installation, database, both[0], old)
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
    present: KeyIdentity
    old: ArchiveIdentity

    def exchanged(self, testimony_id: str) -> _Outcome:
        """Wrap one testimony key anew, and say what became of it."""
        keys = self.installation.keys
        try:
            entry = keys.keyring.get(testimony_id)
        except MissingError:
            return _Outcome.ERASED
        except StorageError:
            return _Outcome.LEFT
        if _opens(entry, (self.present,)):
            return _Outcome.WRAPPED
        try:
            opened = open_entry(entry, self.old)
        except NoMatchError:
            return _Outcome.WITHOUT_ARCHIVE
        except StorageError:
            return _Outcome.LEFT
        return self._wrapped(testimony_id, opened, entry)

    def _wrapped(self, testimony_id: str, opened: Entry, entry: bytes) -> _Outcome:
        """Wrap a key for the new identity and its narrators.

        Its narrators may act between our reading and our writing. What they do is in
        the ledger before its key changes: what we miss here comes after.
        """
        keys = self.installation.keys
        claims = self._claims(testimony_id)
        if claims is None:
            return _Outcome.LEFT
        if not claims:
            keys.keyring.destroy(testimony_id)
            return _Outcome.ERASED
        if opened.claim not in {None, *map(claim_digest, claims)}:
            # It came while the archive was locked, from who had no right to it.
            return _Outcome.LEFT
        if holders_of(entry) != len(claims) + _THE_ARCHIVE:
            # Someone is joining or leaving at this very moment, or died in doing so.
            return _Outcome.LEFT
        try:
            keys.wrap(
                testimony_id,
                opened.key,
                [self.present.recipient, *claims],
                instead_of=entry,
            )
        except EntryChangedError:
            return self.exchanged(testimony_id)
        if not self._claims(testimony_id):
            keys.keyring.destroy(testimony_id)
            return _Outcome.ERASED
        return _Outcome.WRAPPED

    def _claims(self, testimony_id: str) -> list[Recipient] | None:
        """Return whom its narrators' copies are for: nobody, where it was erased.

        `None` where it cannot be known.
        """
        with self.database.reading() as session:
            try:
                standing = ledger.standing_of(session, testimony_id, now())
                return claim_recipients(session, narrators_of(standing))
            except ledger.NoSuchTestimonyError:
                return [] if self._erased(session, testimony_id) else None
            except (NoClaimRecipientError, DamagedStoryError):
                return None

    def _erased(self, session: Session, testimony_id: str) -> bool:
        acts = select(ActRow.sequence).where(
            ActRow.testimony_id == testimony_id, ActRow.kind == closings.ERASED
        )
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
    """Keep the new identity alone, the old one only for what waits on a tablet."""
    alone = both[:1]
    installation.keys.retired.add(both[1:], both[0])
    installation.keys.keep(alone, passphrase)
    return alone


def _opens(entry: bytes, identity: ArchiveIdentity) -> bool:
    try:
        unwrap_testimony_key(entry, identity)
    except StorageError:
        return False
    return True
