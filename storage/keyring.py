"""Where testimony keys lie, each wrapped for its holders.

Beside each entry lies a checksum that `sha256sum -c` reads, so that rot is noticed
without any key.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from storage.durable import destroy_file, write_durably
from storage.errors import BadKeyError, DamagedError, MissingError, StorageError
from storage.keyring_changes import Changes

_ENTRY = re.compile(r"[0-9a-f]{32}")
_ENTRIES, _CHECKSUMS = ".age", ".sha256"


class EntryChangedError(StorageError):
    """Meanwhile an entry was exchanged, or destroyed: look again."""


class Keyring:
    """A folder with one small age file for each testimony; kept apart from the data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.changes = Changes(folder)

    def make(self) -> None:
        """Make the folder, where it is not there yet."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(
        self, testimony_id: str, entry: bytes, instead_of: bytes | None = None
    ) -> None:
        """Keep an entry, durably; killed anywhere, the old or the new one is whole.

        Raise `EntryChangedError` unless `instead_of`, if given, is what lies there.
        """
        path, checksum = self._paths(testimony_id)
        self.make()
        line = _line(testimony_id, entry)
        with self._alone():
            if instead_of is not None and not self._is(testimony_id, instead_of):
                raise EntryChangedError
            with self.changes.making(testimony_id), _written_over(path):
                # Until the entry is there, the checksum is right for old and new.
                write_durably(checksum, self._known(testimony_id) + line)
                write_durably(path, entry)
                write_durably(checksum, line)

    def get(self, testimony_id: str) -> bytes:
        """Return an entry, or raise `MissingError` or `DamagedError`.

        An entry without a checksum was made before there were any, and is returned.
        """
        found = self._read(testimony_id)
        while True:
            entry, known = found
            if known is None or _line(testimony_id, entry) in _lines(known):
                return entry
            # Two files cannot be read at one moment: what changed meanwhile is no rot.
            again = self._read(testimony_id)
            if again == found:
                raise DamagedError("a keyring entry is not the one that was kept")
            found = again

    def vouched(self, testimony_id: str) -> bool:
        """Say whether an entry has a checksum."""
        return self._paths(testimony_id)[1].exists()

    def version(self, testimony_id: str) -> tuple[int, int]:
        """Return what changes whenever an entry does, or raise `MissingError`."""
        try:
            found = self._paths(testimony_id)[0].stat()
        except FileNotFoundError as error:
            raise MissingError(testimony_id) from error
        return found.st_ino, found.st_mtime_ns

    def versions(self) -> dict[str, tuple[int, int]]:
        """Return the same of every entry, in one look at the folder."""
        if not self._folder.exists():
            return {}
        found, length = {}, len(_ENTRIES)
        with os.scandir(self._folder) as listed:
            for each in listed:
                if each.name.endswith(_ENTRIES):
                    with suppress(FileNotFoundError):
                        told = each.stat()
                        found[each.name[:-length]] = (told.st_ino, told.st_mtime_ns)
        return found

    def destroy(self, testimony_id: str) -> None:
        """Overwrite and remove an entry; a missing one is no error."""
        paths = self._paths(testimony_id)
        if not self._folder.exists():
            return
        with self._alone(), self.changes.making(testimony_id):
            for path in paths:
                destroy_file(path)

    def copy(self, testimony_id: str, target: "Keyring") -> None:
        """Copy an entry and its checksum as they are, damaged or not."""
        target.make()
        pairs = zip(
            self._paths(testimony_id),
            target._paths(testimony_id),  # noqa: SLF001
            strict=True,
        )
        with self._alone():
            for path, copy in pairs:
                if path.exists():
                    write_durably(copy, path.read_bytes())

    def entries(self) -> Iterator[str]:
        """List the testimonies that have an entry."""
        return self._named(_ENTRIES)

    def checksums(self) -> Iterator[str]:
        """List the testimonies that have a checksum, with an entry or without."""
        return self._named(_CHECKSUMS)

    def _named(self, suffix: str) -> Iterator[str]:
        for path in self._folder.glob(f"*{suffix}"):
            if _ENTRY.fullmatch(path.stem):
                yield path.stem

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other writers out, so that entry and checksum stay a pair."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _is(self, testimony_id: str, entry: bytes) -> bool:
        try:
            return self._read(testimony_id)[0] == entry
        except MissingError:
            return False

    def _known(self, testimony_id: str) -> bytes:
        """Return the checksums of what lies there now, a damaged entry's included."""
        try:
            entry, known = self._read(testimony_id)
        except MissingError:
            return b""
        line = _line(testimony_id, entry)
        return line if known is None or line in _lines(known) else known

    def _read(self, testimony_id: str) -> tuple[bytes, bytes | None]:
        path, checksum = self._paths(testimony_id)
        try:
            entry = path.read_bytes()
        except FileNotFoundError as error:
            raise MissingError(testimony_id) from error
        try:
            return entry, checksum.read_bytes()
        except FileNotFoundError:
            return entry, None

    def _paths(self, testimony_id: str) -> tuple[Path, Path]:
        if not _ENTRY.fullmatch(testimony_id):
            raise BadKeyError
        return (
            self._folder / (testimony_id + _ENTRIES),
            self._folder / (testimony_id + _CHECKSUMS),
        )


@contextmanager
def _written_over(path: Path) -> Iterator[None]:
    """Once a file was exchanged, leave nothing on the disk of what it was.

    Whom a key was taken from may still have its old entry in hand otherwise.
    """
    try:
        old = path.open("r+b")
    except FileNotFoundError:
        yield
        return
    with old:
        yield
        if os.fstat(old.fileno()).st_nlink == 0:
            old.write(os.urandom(os.fstat(old.fileno()).st_size))
            old.flush()
            os.fsync(old.fileno())


def _line(testimony_id: str, entry: bytes) -> bytes:
    return f"{sha256(entry).hexdigest()}  {testimony_id}{_ENTRIES}\n".encode()


def _lines(checksums: bytes) -> list[bytes]:
    return checksums.splitlines(keepends=True)
