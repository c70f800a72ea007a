"""Small age files that hold a key, and nothing of anybody's story."""

import io
from collections.abc import Sequence

from storage.errors import DamagedError
from storage.identities import Identity, Recipient
from storage.reading import AgeReader
from storage.sealing import seal

MAX_SIZE = 16 << 10


def wrap(secret: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Seal a key to its holders."""
    return seal(secret, recipients)


def unwrap(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """Open a sealed key of at most `MAX_SIZE` sealed bytes."""
    if len(sealed) > MAX_SIZE:
        raise DamagedError("too large for a key")
    return AgeReader(io.BytesIO(sealed), identities).read()
