"""What was just decided and opened, for as long as what it rests on stands.

Asking for the next range of a part need not fold the ledger and unwrap two keys again.
A lease ends with its minute, its decision's own end, any act on the testimony, any
change of its keyring entry, and with the archive's locking.
"""

import threading
import time
import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from archive.sealed_objects import Sealed
from archive.views import View
from consent.actors import Actor
from consent.decisions import Release
from consent.parts import Part
from storage.unsealing import UnsealingReader

SECONDS = 60.0
_MOST = 64

Asked = tuple[Actor, str, Part, int | None, View | None]
Basis = tuple[int, int, int]
"""The last act on the testimony, and its keyring entry's version."""


@dataclass(frozen=True)
class Lease:
    """A release, and the reader that it allows; one thread reads at a time."""

    release: Release
    sealed: Sealed
    reader: UnsealingReader
    blob: BinaryIO
    basis: Basis
    granted: datetime
    until: float
    valid_until: datetime | None
    using: threading.Lock = field(default_factory=threading.Lock)

    def read(self, offset: int, length: int) -> bytes:
        """Return plain bytes; raise `storage.errors.DamagedError`."""
        with self.using:
            self.reader.seek(offset)
            return self.reader.read(length)

    def __post_init__(self) -> None:
        """Close the blob when the last reader is done, whoever ended the lease."""
        weakref.finalize(self, self.blob.close)


class Leases:
    """The living leases, at most 64; the least used goes first."""

    def __init__(self) -> None:
        self._living: OrderedDict[Asked, Lease] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, asked: Asked, basis: Basis, now: datetime) -> Lease | None:
        """Return a lease that still stands; end one that does not."""
        with self._lock:
            lease = self._living.get(asked)
            if lease is None:
                return None
            over = lease.valid_until is not None and lease.valid_until <= now
            if (
                over
                or now < lease.granted
                or lease.basis != basis
                or lease.until <= time.monotonic()
            ):
                del self._living[asked]
                return None
            self._living.move_to_end(asked)
            return lease

    def keep(self, asked: Asked, lease: Lease) -> None:
        """Keep a lease."""
        with self._lock:
            self._living[asked] = lease
            while len(self._living) > _MOST:
                self._living.popitem(last=False)

    def end_of(self, testimony_id: str) -> None:
        """End every lease on one testimony."""
        with self._lock:
            for asked in [each for each in self._living if each[1] == testimony_id]:
                del self._living[asked]

    def end_all(self) -> None:
        """End every lease."""
        with self._lock:
            self._living.clear()
