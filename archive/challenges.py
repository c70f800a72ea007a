"""What a key of a phone signs: drawn anew, for five minutes and one answer.

Only what was answered is remembered, so that who asks for many keeps nobody out; the
key that knows our own again lives in the memory of this process.
"""

import hmac
import secrets
import threading
from hashlib import sha256

from archive.clock import Clock

SECONDS = 300
_NONCE, _UNTIL = 16, 8
_SIZE = _NONCE + _UNTIL + sha256().digest_size


class Challenges:
    """Draws challenges, each for one purpose."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._spent: dict[bytes, int] = {}

    def draw(self, purpose: str) -> bytes:
        """Return a new challenge."""
        until = self._seconds() + SECONDS
        head = secrets.token_bytes(_NONCE) + until.to_bytes(_UNTIL, "big")
        return head + self._mark(purpose, head)

    def spend(self, challenge: bytes, purpose: str) -> bool:
        """Say whether it is ours, for this, in time, and was never answered before."""
        head, mark = challenge[: _NONCE + _UNTIL], challenge[_NONCE + _UNTIL :]
        if len(challenge) != _SIZE:
            return False
        if not hmac.compare_digest(mark, self._mark(purpose, head)):
            return False
        until, now = int.from_bytes(head[_NONCE:], "big"), self._seconds()
        # A clock that was set back does not prolong it.
        if not now < until <= now + SECONDS:
            return False
        with self._lock:
            self._spent = {each: u for each, u in self._spent.items() if now < u}
            if challenge in self._spent:
                return False
            self._spent[challenge] = until
        return True

    def _mark(self, purpose: str, head: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\n" + head, "sha256")

    def _seconds(self) -> int:
        return int(self._now().timestamp())
