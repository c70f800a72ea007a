"""Remembers how many hold each testimony key, as long as its keyring entry stands.

A listing must not read a file for each testimony. Rot inside an entry changes neither
the folder nor the entry's version: whoever asks here counts again within its time.
"""

import time

from archive.access import DamagedStoryError
from archive.keys import KeyFolder
from storage.errors import BadKeyError, MissingError
from storage.keyring_changes import NOWHERE, Stamp

_TICK_NS = 1_000_000_000
"""How long a folder's time may stay the same while it is still being changed."""


class KeyHolders:
    """Counts, and says which counts no longer hold."""

    def __init__(self) -> None:
        self._stamp: Stamp = NOWHERE
        self._versions: dict[str, int] = {}

    def count(self, folder: KeyFolder, testimony_id: str) -> int | None:
        """Return how many hold a key; `None` where its entry is damaged."""
        if not self._versions:
            self._begin(folder)
        # Before it is read: what changes in between is counted again.
        self._versions[testimony_id] = _version(folder, testimony_id)
        try:
            return folder.holders(testimony_id)
        except DamagedStoryError:
            return None

    def forget(self, testimony_id: str) -> None:
        """Remember a testimony no more."""
        self._versions.pop(testimony_id, None)

    def changed(self, folder: KeyFolder) -> frozenset[str]:
        """Return whose entries were changed since the last time this was asked."""
        stamp, found = folder.keyring.changes.since(self._stamp)
        if found is None:
            present = folder.keyring.versions() if self._versions else {}
            found = frozenset(
                testimony_id
                for testimony_id, version in self._versions.items()
                if version != hash(present.get(testimony_id))
            )
            stamp = _settled(stamp)
        self._stamp = stamp
        return found & self._versions.keys()

    def _begin(self, folder: KeyFolder) -> None:
        """Note how the folder is before anything in it is counted."""
        self._stamp = _settled(folder.keyring.changes.stamp())


def _settled(stamp: Stamp) -> Stamp:
    """Return a stamp, unless more may come under it: then all is looked at again."""
    return stamp if time.time_ns() - stamp[1] > _TICK_NS else NOWHERE


def _version(folder: KeyFolder, testimony_id: str) -> int:
    try:
        return hash(folder.keyring.version(testimony_id))
    except (MissingError, BadKeyError):
        return hash(None)
