"""Someone who has every file of an archive, and tries every key on all of it."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from storage.errors import StorageError
from storage.identities import Identity, parse_identity
from storage.unsealing import unseal

_AGE = b"age-encryption.org/v1\n"
_SECRET = re.compile(rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+")


class Loot:
    """All bytes that lie in some places, and all that opens with what is found there.

    Keys that open are tried on everything in their turn, until nothing new opens.
    """

    def __init__(self, places: Iterable[Path], identities: Iterable[Identity]) -> None:
        self.found: dict[str, bytes] = {}
        self.opened: dict[str, bytes] = {}
        for place in places:
            for path in sorted([place, *place.rglob("*")]):
                if path.is_file():
                    self._take(path.read_bytes())
                    self._take_rows(path)
        self._identities = {str(each): each for each in identities}
        while self._open_more():
            pass

    def holds(self, *needles: bytes) -> bool:
        """Say whether any of these bytes lies anywhere, in the open or opened."""
        everything = [*self.found.values(), *self.opened.values()]
        return any(needle in each for needle in needles for each in everything)

    def _open_more(self) -> bool:
        before = len(self.opened), len(self._identities)
        for content in [*self.found.values(), *self.opened.values()]:
            for at in _places_of(_AGE, content):
                self._try(content[at:])
        for content in [*self.found.values(), *self.opened.values()]:
            for secret in _SECRET.findall(content):
                self._identities.setdefault(
                    secret.decode(), parse_identity(secret.decode())
                )
        return before != (len(self.opened), len(self._identities))

    def _try(self, sealed: bytes) -> None:
        name = sha256(sealed).hexdigest()
        if name in self.opened:
            return
        for identity in self._identities.values():
            try:
                self.opened[name] = unseal(sealed, [identity])
            except StorageError:
                continue
            return

    def _take(self, content: bytes) -> None:
        self.found[sha256(content).hexdigest()] = content

    def _take_rows(self, path: Path) -> None:
        """Take every value of a database: a long one lies in pieces in the file."""
        if not path.read_bytes().startswith(b"SQLite format 3"):
            return
        with closing(sqlite3.connect(path)) as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type='table'"
            )
            for (table,) in tables.fetchall():
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        if isinstance(value, str | bytes):
                            told = value.encode() if isinstance(value, str) else value
                            self._take(told)


def _places_of(needle: bytes, content: bytes) -> Iterable[int]:
    at = content.find(needle)
    while at >= 0:
        yield at
        at = content.find(needle, at + 1)
