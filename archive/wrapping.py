"""Wraps a testimony's key for others than now, whoever else is doing so."""

from collections.abc import Callable
from dataclasses import dataclass

from archive import ledger
from archive.access import DamagedStoryError, LockedError, NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.holders import claim_recipients, narrators_of
from archive.installation import Installation
from archive.keys import Keys
from consent.actors import Actor
from storage.errors import DamagedError, MissingError
from storage.identities import KeyIdentity, Recipient, parse_identity
from storage.keyring import EntryChangedError

Holders = Callable[[list[Recipient], bytes], list[Recipient]]
"""Given the narrators' recipients and the present entry: for whom to wrap."""


@dataclass(frozen=True)
class Wrapping:
    """Exchanges keyring entries, as far as the keys at hand open them."""

    installation: Installation
    database: Database
    keys: Keys
    now: Clock

    def anew(self, actor: Actor, testimony_id: str, holders: Holders) -> None:
        """Wrap a testimony's key for others than now.

        Raise `LockedError`, `DamagedStoryError`, `NotHereError` or
        `NoClaimRecipientError`.
        """
        folder = self.installation.keys
        while True:
            claims = self._claims(testimony_id)
            try:
                entry = folder.keyring.get(testimony_id)
                key = self._key(actor, testimony_id)
                chosen = holders(claims, entry)
                folder.wrap(testimony_id, key, chosen, instead_of=entry)
            except EntryChangedError:
                # Erased or exchanged by another process: what is gone stays gone.
                continue
            except MissingError as error:
                raise LockedError from error
            except DamagedError as error:
                raise DamagedStoryError from error
            return

    def _key(self, actor: Actor, testimony_id: str) -> KeyIdentity:
        return parse_identity(str(self.keys.testimony(testimony_id, actor, own=True)))

    def _claims(self, testimony_id: str) -> list[Recipient]:
        with self.database.reading() as session:
            try:
                standing = ledger.standing_of(session, testimony_id, self.now())
            except ledger.NoSuchTestimonyError:
                raise NotHereError from None
            if standing.erased:
                raise NotHereError
            return claim_recipients(session, narrators_of(standing))
