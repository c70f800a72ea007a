"""Which entries a keyring has changed, for whoever remembers what lay in it.

A folder's stamp changes whenever an entry in it is put or destroyed. A process that did
all of that itself knows the entries; otherwise any may have changed.
"""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Stamp = tuple[int, int]
NOWHERE: Stamp = (0, 0)
_MOST = 1000


class Changes:
    """The changes of this process to one folder, each between two of its stamps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: deque[tuple[Stamp, str, Stamp]] = deque(maxlen=_MOST)
        self._lock = threading.Lock()

    def stamp(self) -> Stamp:
        """Return what changes whenever a name in the folder does."""
        try:
            found = os.stat(self._folder)  # noqa: PTH116 - asked for each listing
        except FileNotFoundError:
            return NOWHERE
        return found.st_ino, found.st_mtime_ns

    @contextmanager
    def making(self, testimony_id: str) -> Iterator[None]:
        """Note a change; no other process may make one meanwhile."""
        before = self.stamp()
        try:
            yield
        finally:
            with self._lock:
                self._made.append((before, testimony_id, self.stamp()))

    def since(self, stamp: Stamp) -> tuple[Stamp, frozenset[str] | None]:
        """Return the stamp now, and what has changed since; `None` may be anything."""
        now = self.stamp()
        with self._lock:
            made = list(self._made)
        found: set[str] = set()
        for before, testimony_id, after in made:
            if before == stamp:
                found.add(testimony_id)
                stamp = after
        return now, frozenset(found) if stamp == now else None
