"""Short notes that nobody without their key can tell from chance."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage.identities import HybridIdentity

_NONCE, _TAG = 12, 16
_LABEL = b"resguardo/hidden-note/v1"


def blank(size: int) -> bytes:
    """Return chance, as long as the note of `size` bytes that it could be."""
    return os.urandom(_NONCE + size + _TAG)


def hidden(note: bytes, identity: HybridIdentity, place: str) -> bytes:
    """Return a note that an identity opens, at the place that it was written for."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(identity).encrypt(nonce, note, place.encode())


def found(kept: bytes, identity: HybridIdentity, place: str) -> bytes | None:
    """Return the note; `None` where there is none, or none for this identity."""
    try:
        return _cipher(identity).decrypt(kept[:_NONCE], kept[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher(identity: HybridIdentity) -> ChaCha20Poly1305:
    # Its seed seals nothing by itself: what is derived from it opens nothing else.
    return ChaCha20Poly1305(hmac.digest(identity.seed, _LABEL, "sha256"))
