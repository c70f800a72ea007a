"""What an age file tells of itself to whoever cannot open it."""

import io
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from storage.errors import HeaderError, TruncatedError
from storage.header import skip_header
from storage.stream import NONCE, SEALED_CHUNK, TAG


@dataclass(frozen=True)
class Outline:
    """Sizes in bytes; `pin` is the SHA-256 of header and nonce, in hex.

    `plain_size` is what a whole file of this length holds.
    """

    plain_size: int
    pin: str


def outline(source: BinaryIO) -> Outline:
    """Return it of a seekable age file; raise `HeaderError` or `TruncatedError`."""
    header = skip_header(source)
    nonce = source.read(NONCE)
    if len(nonce) != NONCE:
        raise HeaderError("nonce")
    start = source.tell()
    payload = source.seek(0, io.SEEK_END) - start
    chunks = -(-payload // SEALED_CHUNK)
    last = payload - (chunks - 1) * SEALED_CHUNK
    if payload < TAG or last < TAG or (last == TAG and chunks > 1):
        raise TruncatedError("last chunk")
    return Outline(payload - chunks * TAG, sha256(header + nonce).hexdigest())
