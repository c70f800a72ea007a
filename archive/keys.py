"""Which keys this process holds: the archive identity, or a narrator's claim."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from archive.access import DamagedStoryError, LockedError, NeedsWordsError
from archive.credentials import SignedInNarrator, without_words
from archive.passkey_files import PasskeyFiles
from archive.recovery_files import RecoveryFiles
from consent.actors import Actor, Narrator
from storage.archive_identity import (
    ArchiveIdentity,
    ArchiveIdentityFile,
    RetiredIdentities,
)
from storage.custody import Custodians, Custody
from storage.errors import MissingError, NoMatchError, StorageError
from storage.identities import Identity, KeyIdentity, Recipient
from storage.keyring import Keyring
from storage.keyring_entries import holders_of, unwrap_testimony_key, wrap_testimony_key
from storage.log_key import LogKey
from storage.sealing import seal

_IDENTITY = "archive.identity.age"
_KEYRING = "keyring"
_RETIRED = "retired.age"
_CUSTODIANS = "custodians"
_LEDGER = "ledger"
_RECOVERY = "recovery"
_PASSKEYS = "passkeys"


class KeyFolder:
    """The files of all keys; everything secret in it is sealed but the ledger's key."""

    def __init__(self, folder: Path) -> None:
        self._identity = ArchiveIdentityFile(folder / _IDENTITY)
        self.keyring = Keyring(folder / _KEYRING)
        self.retired = RetiredIdentities(folder / _RETIRED)
        self.custody = Custody(folder / _CUSTODIANS)
        self.ledger = LogKey(folder, _LEDGER)
        self.recoveries = RecoveryFiles(folder / _RECOVERY)
        self.passkeys = PasskeyFiles(folder / _PASSKEYS)

    def create(
        self, passphrase: str | None, custodians: Custodians | None = None
    ) -> None:
        """Make the archive identity; a passphrase, custodians or both will open it."""
        if passphrase is None and custodians is None:
            raise ValueError("nothing would open it")
        identity = self._identity.create(passphrase)
        self.ledger.create()
        if custodians is not None:
            self.custody.create((identity,), custodians)
        # There from the start, so that it can be hidden from who has no business there.
        self.keyring.make()

    @property
    def has_passphrase(self) -> bool:
        """Say whether a passphrase opens the archive identity."""
        return self._identity.exists

    def recipient(self) -> Recipient:
        """Return the public half of the archive identity."""
        return self._identity.recipient()

    def keep(self, identity: ArchiveIdentity, passphrase: str | None) -> None:
        """Seal an identity in every way that opens it here.

        Where there is a passphrase file its passphrase is needed; custodians are not.
        """
        if passphrase is not None:
            self._identity.keep(identity, passphrase)
        elif self._identity.exists:
            raise ValueError("its passphrase is needed")
        if self.custody.exists:
            self.custody.reseal(identity)

    def publish(self, identity: KeyIdentity) -> None:
        """Seal from now on to this identity's public half."""
        self._identity.publish(identity)

    def unlock(self, *secrets: str) -> ArchiveIdentity:
        """Return the archive identity, for its passphrase or for enough custodians.

        Raise `NoMatchError`, or what `Custody.unlock` raises.
        """
        if len(secrets) == 1 and self._identity.exists:
            try:
                return self._identity.unlock(secrets[0])
            except NoMatchError:
                if not self.custody.exists:
                    raise
        if not self.custody.exists:
            raise NoMatchError
        return self._identity.checked(self.custody.unlock(secrets))

    def wrap(
        self,
        testimony_id: str,
        key: KeyIdentity,
        holders: Sequence[Recipient],
        instead_of: bytes | None = None,
    ) -> None:
        """Keep a testimony key, wrapped for exactly these holders.

        Raise `EntryChangedError` unless `instead_of`, if given, is what lies there.
        """
        self.keyring.put(testimony_id, wrap_testimony_key(key, holders), instead_of)

    def holders(self, testimony_id: str) -> int:
        """Return how many hold a testimony key: its narrators, and the archive if let.

        0 where the entry is missing. Raise `DamagedStoryError`.
        """
        try:
            return holders_of(self.keyring.get(testimony_id))
        except MissingError:
            return 0
        except StorageError as error:
            raise DamagedStoryError from error

    def forget(self, narrator_id: str) -> None:
        """Destroy what a narrator chose beside the keys: a way back, and phones."""
        self.recoveries.forget(narrator_id)
        self.passkeys.forget(narrator_id)

    def seal_for_the_archive(self, plain: bytes) -> bytes:
        """Seal something that only the unlocked archive reads."""
        return seal(plain, [self.recipient()])


class Keys(Protocol):
    """Opens testimony keys; knows nothing of who may."""

    def testimony(
        self, testimony_id: str, actor: Actor, *, own: bool = False
    ) -> KeyIdentity:
        """Return a testimony's identity, or raise `LockedError`, `DamagedStoryError`.

        `actor` helps with what only its narrator can open. What is said to be a
        narrator's `own` opens to their code alone: the key knows its narrators, while
        a row can be made to name another.
        """
        ...

    def archive(self) -> Sequence[Identity]:
        """Return the archive identity, or raise `LockedError`."""
        ...

    @property
    def folder(self) -> KeyFolder:
        """Return where the sealed keys lie."""
        ...


class ArchiveKeys:
    """The keys of a process that holds the archive identity, or not yet.

    `claim_of` gives the identity of a narrator who is signed in: it opens what the
    archive cannot, being locked or left out. Who came with a passkey has none, even
    while someone else is in with the code.
    """

    def __init__(
        self,
        folder: KeyFolder,
        identity: ArchiveIdentity | None,
        claim_of: Callable[[str], Identity | None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._identity = identity
        self._claim_of = claim_of

    @property
    def folder(self) -> KeyFolder:
        """Return where the sealed keys lie."""
        return self._folder

    def archive(self) -> Sequence[Identity]:
        """Return the archive identity, or raise `LockedError`."""
        if self._identity is None:
            raise LockedError
        return self._identity

    def testimony(
        self, testimony_id: str, actor: Actor, *, own: bool = False
    ) -> KeyIdentity:
        """Return it; raise `LockedError` or `DamagedStoryError`."""
        identities: list[Identity] = list(self._identity or ())
        if isinstance(actor, SignedInNarrator) and actor.opens is not None:
            if own and testimony_id not in actor.opens:
                raise LockedError
        elif isinstance(actor, Narrator):
            claim = self._claim_of(actor.narrator_id)
            if own and claim is not None:
                identities = []
            identities += [claim] if claim is not None else []
        return _open(self._folder, testimony_id, identities)

    def hold(self, identity: ArchiveIdentity | None) -> None:
        """Take the archive identity in hand, or let go of it."""
        self._identity = identity

    @property
    def locked(self) -> bool:
        """Say whether the archive identity is away."""
        return self._identity is None


class ClaimKeys:
    """The keys of whoever holds one claim code, with the archive locked or not."""

    def __init__(self, folder: KeyFolder, claim: Identity) -> None:
        self._folder = folder
        self._claim = claim

    @property
    def folder(self) -> KeyFolder:
        """Return where the sealed keys lie."""
        return self._folder

    def archive(self) -> Sequence[Identity]:
        """Raise `LockedError`: a claim code is not the archive's key."""
        raise LockedError

    def testimony(
        self,
        testimony_id: str,
        actor: Actor,  # noqa: ARG002
        *,
        own: bool = False,  # noqa: ARG002
    ) -> KeyIdentity:
        """Return the testimony's identity, or raise `LockedError`."""
        return _open(self._folder, testimony_id, [self._claim])


def check_words(actor: Actor) -> None:
    """Raise `NeedsWordsError` to a narrator who came in without their seven words."""
    if without_words(actor):
        raise NeedsWordsError


def _open(
    folder: KeyFolder, testimony_id: str, identities: Sequence[Identity]
) -> KeyIdentity:
    try:
        entry = folder.keyring.get(testimony_id)
        return unwrap_testimony_key(entry, identities)
    except (MissingError, NoMatchError) as error:
        raise LockedError from error
    except StorageError as error:
        raise DamagedStoryError from error
