"""The age v1 payload: STREAM with ChaCha20-Poly1305 in chunks of 64 KiB."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import DamagedError

CHUNK = 1 << 16
TAG = 16
SEALED_CHUNK = CHUNK + TAG
NONCE = 16
TOGETHER = 4
"""How many chunks to take from a file at once."""

Bytes = bytes | bytearray | memoryview


class ChunkCipher:
    """Seals and opens single chunks; the last one is marked in its nonce."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._aead = ChaCha20Poly1305(
            HKDF(SHA256(), 32, nonce, b"payload").derive(file_key)
        )

    def seal_into(
        self, out: memoryview, plain: Bytes, index: int, *, last: bool
    ) -> None:
        """Seal chunk `index` into `out`, which is `TAG` bytes longer."""
        self._aead.encrypt_into(_nonce(index, last=last), plain, None, out)

    def open(self, sealed: Bytes, index: int, *, last: bool) -> bytes:
        """Open chunk `index`, or raise `DamagedError`."""
        try:
            return self._aead.decrypt(_nonce(index, last=last), sealed, None)
        except InvalidTag as error:
            raise DamagedError(f"chunk {index}") from error

    def open_into(
        self, out: memoryview, sealed: Bytes, index: int, *, last: bool
    ) -> None:
        """Open chunk `index` into `out`, or empty `out` and raise `DamagedError`."""
        try:
            self._aead.decrypt_into(_nonce(index, last=last), sealed, None, out)
        except InvalidTag as error:
            # What is not authentic may stand there already.
            out[:] = bytes(len(out))
            raise DamagedError(f"chunk {index}") from error


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])
