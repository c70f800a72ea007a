"""Cosignatures (c2sp.org/tlog-cosignature, Ed25519): a witness saw this head.

A cosignature tells when. Nothing finer than a day is kept here, so the time is that of
the day's beginning.
"""

import struct
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.signed_notes import (
    COSIGNATURE,
    Note,
    Signature,
    UnsignedError,
    VerifierKey,
)

DAY = 24 * 3600
_STAMPED = struct.Struct("!Q64s")


@dataclass(frozen=True)
class CosignerKey:
    """A witness's Ed25519 key, used for nothing else."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """Return the public half."""
        public = self.private.public_key().public_bytes_raw()
        return VerifierKey(self.name, public, COSIGNATURE)

    def cosign(self, text: str, seconds: float) -> Signature:
        """Cosign a checkpoint's text, seen on the day of a POSIX time."""
        day = int(seconds) // DAY * DAY
        made = self.private.sign(_message(text, day))
        return Signature(self.name, self.verifier.key_id, _STAMPED.pack(day, made))


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """Return when a witness cosigned (POSIX seconds); `None` where it did not.

    Raise `UnsignedError` for a cosignature in its name that is not its own.
    """
    if key.kind != COSIGNATURE:
        return None
    found: int | None = None
    for signature in filter(key.made, note.signatures):
        if len(signature.content) != _STAMPED.size:
            raise UnsignedError(key.name)
        seconds, made = _STAMPED.unpack(signature.content)
        if seconds >> 63 or not key.verifies(_message(note.text, seconds), made):
            raise UnsignedError(key.name)
        found = max(found or 0, seconds)
    return found


def with_cosignature(note: Note, cosignature: Signature) -> Note:
    """Return a note with a cosignature, in place of what the same key made before."""
    others = [
        each
        for each in note.signatures
        if (each.name, each.key_id) != (cosignature.name, cosignature.key_id)
    ]
    return replace(note, signatures=(*others, cosignature))


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
