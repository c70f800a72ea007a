"""Where keys lie: testimony keys, wrapped for their holders, and the archive's own."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.durable import destroy_file, write_durably
from storage.errors import BadKeyError, HeaderError, MissingError
from storage.identities import (
    HybridIdentity,
    HybridRecipient,
    Identity,
    KeyIdentity,
    Passphrase,
    Recipient,
    X25519Recipient,
    parse_identity,
    parse_recipient,
)
from storage.wrapping import unwrap, wrap

_ENTRY = re.compile(r"[0-9a-f]{32}")
_SUFFIX = ".age"


class Keyring:
    """A folder with one small age file for each testimony; kept apart from the data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, testimony_id: str, entry: bytes) -> None:
        """Keep an entry, durably."""
        path = self._path(testimony_id)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(path, entry)

    def get(self, testimony_id: str) -> bytes:
        """Return an entry, or raise `MissingError`."""
        try:
            return self._path(testimony_id).read_bytes()
        except FileNotFoundError as error:
            raise MissingError(testimony_id) from error

    def destroy(self, testimony_id: str) -> None:
        """Overwrite and remove an entry; a missing one is no error."""
        destroy_file(self._path(testimony_id))

    def entries(self) -> Iterator[str]:
        """List the testimonies that have an entry."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if _ENTRY.fullmatch(path.stem):
                yield path.stem

    def _path(self, testimony_id: str) -> Path:
        if not _ENTRY.fullmatch(testimony_id):
            raise BadKeyError
        return self._folder / (testimony_id + _SUFFIX)


def wrap_testimony_key(key: KeyIdentity, holders: Sequence[Recipient]) -> bytes:
    """Return a keyring entry: the testimony key as an age file to its holders."""
    return wrap(f"{key}\n".encode(), holders)


def unwrap_testimony_key(entry: bytes, identities: Sequence[Identity]) -> KeyIdentity:
    """Open a keyring entry; raise `NoMatchError` for who is no holder."""
    return parse_identity(unwrap(entry, identities).decode().strip())


class ArchiveIdentityFile:
    """The archive identity under a passphrase, its public half beside it.

    The stock `age` tool opens the file with the same passphrase.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self, passphrase: str) -> HybridRecipient:
        """Make a new identity; refuse to overwrite one (`FileExistsError`)."""
        if self._path.exists():
            raise FileExistsError(self._path.name)
        identity = HybridIdentity.generate()
        write_durably(self._public, f"{identity.recipient}\n".encode())
        sealed = wrap(f"{identity}\n".encode(), [Passphrase(passphrase)])
        write_durably(self._path, sealed)
        return identity.recipient

    def recipient(self) -> X25519Recipient | HybridRecipient:
        """Return the public half, or raise `MissingError`."""
        try:
            return parse_recipient(self._public.read_text().strip())
        except FileNotFoundError as error:
            raise MissingError(self._public.name) from error

    def unlock(self, passphrase: str) -> KeyIdentity:
        """Return the identity; raise `NoMatchError` for a wrong passphrase."""
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError as error:
            raise MissingError(self._path.name) from error
        identity = parse_identity(
            unwrap(sealed, [Passphrase(passphrase)]).decode().strip()
        )
        if str(identity.recipient) != str(self.recipient()):
            raise HeaderError("identity and recipient do not belong together")
        return identity

    @property
    def _public(self) -> Path:
        return self._path.with_name("archive.recipient")
