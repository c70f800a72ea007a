"""Counts guesses in the database, so that every process counts alike."""

import hmac
import ipaddress
from dataclasses import dataclass

from sqlalchemy import delete

from archive.clock import Clock
from archive.database import Database
from archive.models.person import AttemptRow


class ThrottledError(Exception):
    """Too many guesses; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limit:
    """At most `tries` in `seconds`."""

    tries: int
    seconds: int


PER_NETWORK = Limit(5, 600)
IN_ALL = Limit(60, 60)


@dataclass(frozen=True)
class Throttle:
    """Limits guesses by network and in all; keeps no address.

    A network is known only by a keyed digest that changes each day.
    """

    database: Database
    secret: bytes
    now: Clock

    def count(self, purpose: str, address: str) -> None:
        """Count one try before it is made; raise `ThrottledError` over the limit."""
        network = f"{purpose}:{self._network(address)}"
        self._count(network, PER_NETWORK)
        self._count(f"{purpose}:all", IN_ALL)

    def forgive(self, purpose: str, address: str) -> None:
        """Give a right try back; the wrong ones before it still count."""
        with self.database.writing() as session:
            for bucket in (f"{purpose}:{self._network(address)}", f"{purpose}:all"):
                row = session.get(AttemptRow, bucket, with_for_update=True)
                if row is not None:
                    row.count = max(row.count - 1, 0)

    def _count(self, bucket: str, limit: Limit) -> None:
        seconds = int(self.now().timestamp())
        window = seconds // limit.seconds
        with self.database.writing() as session:
            session.execute(
                delete(AttemptRow).where(
                    AttemptRow.bucket == bucket, AttemptRow.window < window
                )
            )
            row = session.get(AttemptRow, bucket, with_for_update=True)
            if row is None:
                row = AttemptRow(bucket=bucket, window=window, count=0)
                session.add(row)
            row.count += 1
            over = row.count > limit.tries
        if over:
            raise ThrottledError((window + 1) * limit.seconds - seconds)

    def _network(self, address: str) -> str:
        try:
            ip = ipaddress.ip_address(address)
            prefix = 24 if ip.version == 4 else 48  # noqa: PLR2004
            network = str(ipaddress.ip_network((ip, prefix), strict=False))
        except ValueError:
            network = "unknown"
        day = self.now().date().isoformat()
        return hmac.digest(self.secret, f"{day} {network}".encode(), "sha256").hex()
