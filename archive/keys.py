"""Which keys this process holds: the archive identity, or a narrator's claim."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from storage.archive_identity import ArchiveIdentity, ArchiveIdentityFile
from storage.errors import MissingError, NoMatchError
from storage.identities import Identity, KeyIdentity, Recipient
from storage.keyring import Keyring, unwrap_testimony_key, wrap_testimony_key
from storage.sealing import seal

_IDENTITY = "archive.identity.age"
_KEYRING = "keyring"


class LockedError(Exception):
    """No key in this process opens that."""


class Keys(Protocol):
    """Opens testimony keys; knows nothing of who may."""

    def testimony(self, testimony_id: str) -> Identity:
        """Return a testimony's identity, or raise `LockedError`."""
        ...

    def archive(self) -> Sequence[Identity]:
        """Return the archive identity, or raise `LockedError`."""
        ...


class KeyFolder:
    """The files of all keys; everything secret in it is sealed."""

    def __init__(self, folder: Path) -> None:
        self._identity = ArchiveIdentityFile(folder / _IDENTITY)
        self.keyring = Keyring(folder / _KEYRING)

    def create(self, passphrase: str) -> None:
        """Make the archive identity, sealed under a passphrase."""
        self._identity.create(passphrase)

    def recipient(self) -> Recipient:
        """Return the public half of the archive identity."""
        return self._identity.recipient()

    def unlock(self, passphrase: str) -> ArchiveIdentity:
        """Return the archive identity; raise `storage.errors.NoMatchError`."""
        return self._identity.unlock(passphrase)

    def admit(self, testimony_id: str, key: KeyIdentity, claim: Recipient) -> None:
        """Keep a testimony key, wrapped for the archive and for its narrator."""
        entry = wrap_testimony_key(key, [self.recipient(), claim])
        self.keyring.put(testimony_id, entry)

    def seal_for_the_archive(self, plain: bytes) -> bytes:
        """Seal something that only the unlocked archive reads."""
        return seal(plain, [self.recipient()])


class ArchiveKeys:
    """The keys of a process that holds the archive identity, or not yet."""

    def __init__(self, folder: KeyFolder, identity: ArchiveIdentity | None) -> None:
        self._folder = folder
        self._identity = identity

    def archive(self) -> Sequence[Identity]:
        """Return the archive identity, or raise `LockedError`."""
        if self._identity is None:
            raise LockedError
        return self._identity

    def testimony(self, testimony_id: str) -> Identity:
        """Return a testimony's identity, or raise `LockedError`."""
        return _open(self._folder, testimony_id, self.archive())

    @property
    def locked(self) -> bool:
        """Say whether the archive identity is away."""
        return self._identity is None


class ClaimKeys:
    """The keys of whoever holds one claim code, with the archive locked or not."""

    def __init__(self, folder: KeyFolder, claim: Identity) -> None:
        self._folder = folder
        self._claim = claim

    def archive(self) -> Sequence[Identity]:
        """Raise `LockedError`: a claim code is not the archive's key."""
        raise LockedError

    def testimony(self, testimony_id: str) -> Identity:
        """Return the testimony's identity, or raise `LockedError`."""
        return _open(self._folder, testimony_id, [self._claim])


def _open(
    folder: KeyFolder, testimony_id: str, identities: Sequence[Identity]
) -> Identity:
    try:
        entry = folder.keyring.get(testimony_id)
        return unwrap_testimony_key(entry, identities)
    except (MissingError, NoMatchError) as error:
        raise LockedError from error
