"""What follows an act: it is noted outside this machine, and the ledger is signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archive import tombstones
from archive.access import Notarising
from archive.attesting import attest
from archive.database import Database
from archive.installation import Installation


@dataclass(frozen=True)
class Recording:
    """Goes round whatever appends an act that may close something."""

    installation: Installation
    database: Database
    notary: Notarising

    @contextmanager
    def of(self, testimony_id: str) -> Iterator[None]:
        """Mark a testimony while something is said of it; then note and sign it."""
        with tombstones.noting(self.installation, testimony_id):
            yield
        tombstones.catch_up(self.installation, self.database)
        attest(self.notary)
