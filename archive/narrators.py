"""A narrator comes back with nothing but a claim code."""

import threading
from dataclasses import dataclass

from sqlalchemy import select

from archive.claims import ClaimSecret, derive
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.models.testimony import Narrator
from archive.sessions import NARRATOR, Sessions
from archive.throttle import Throttle

_PURPOSE = "claim"
_STRETCHING = threading.BoundedSemaphore(1)
_PATIENCE = 10.0


class WrongCodeError(Exception):
    """No narrator has this code."""


class BusyError(Exception):
    """Too many codes are being stretched at once; `retry_after` is in seconds."""

    retry_after = 10


@dataclass(frozen=True)
class Narrators:
    """Recognises claim codes, slowly on purpose and only so often."""

    installation: Installation
    database: Database
    sessions: Sessions
    throttle: Throttle
    now: Clock

    def enter(self, code: str, address: str) -> str:
        """Return a session's token.

        Raise `BadClaimCodeError` for what is no code, `WrongCodeError`,
        `ThrottledError` or `BusyError`. The address is counted, never kept.
        """
        self.throttle.count(_PURPOSE, address)
        narrator_id, _ = self.recognise(code)
        self.throttle.forgive(_PURPOSE, address)
        return self.sessions.begin(NARRATOR, narrator_id)

    def recognise(self, code: str) -> tuple[str, ClaimSecret]:
        """Return whose code this is, with the keys it stands for."""
        # Each stretching takes 128 MiB: one at a time in a process.
        if not _STRETCHING.acquire(timeout=_PATIENCE):
            raise BusyError
        try:
            claim = derive(code, self.installation.claim_salt)
        finally:
            _STRETCHING.release()
        with self.database.reading() as session:
            narrator_id = session.scalar(
                select(Narrator.narrator_id).where(Narrator.locator == claim.locator)
            )
        if narrator_id is None:
            raise WrongCodeError
        return narrator_id, claim
