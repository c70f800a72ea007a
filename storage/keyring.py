"""Where testimony keys lie, each wrapped for its holders."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.durable import destroy_file, write_durably
from storage.errors import BadKeyError, MissingError
from storage.identities import Identity, KeyIdentity, Recipient, parse_identity
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

    def version(self, testimony_id: str) -> tuple[int, int]:
        """Return what changes whenever an entry does, or raise `MissingError`."""
        try:
            found = self._path(testimony_id).stat()
        except FileNotFoundError as error:
            raise MissingError(testimony_id) from error
        return found.st_ino, found.st_mtime_ns

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


def holders_of(entry: bytes) -> int:
    """Return how many recipients an entry is sealed to; needs no key."""
    header, _, _ = entry.partition(b"\n---")
    return header.count(b"\n-> ")


def wrap_testimony_key(key: KeyIdentity, holders: Sequence[Recipient]) -> bytes:
    """Return a keyring entry: the testimony key as an age file to its holders."""
    return wrap(f"{key}\n".encode(), holders)


def unwrap_testimony_key(entry: bytes, identities: Sequence[Identity]) -> KeyIdentity:
    """Open a keyring entry; raise `NoMatchError` for who is no holder."""
    return parse_identity(unwrap(entry, identities).decode().strip())
