"""Recipients and identities of the age v1 format (C2SP age.md, "Recipient types")."""

import os
from dataclasses import dataclass, field
from hashlib import scrypt, shake_256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from typing_extensions import override

from storage import bech32
from storage.errors import BadKeyError, HeaderError
from storage.stanzas import Stanza, b64decode, b64encode

FILE_KEY_SIZE = 16
_WRAPPED_SIZE = FILE_KEY_SIZE + 16
_KEY_SIZE = 32
_X25519_LABEL = b"age-encryption.org/v1/X25519"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_HYBRID_LABEL = b"age-encryption.org/mlkem768x25519"
_HYBRID_KIND = "mlkem768x25519"
_HYBRID_ENCAPSULATION = 1120
_MLKEM_SHARE = 1088
_HYBRID_PUBLIC = 1216
_MLKEM_PUBLIC = 1184
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_ZERO_NONCE = bytes(12)
_SCRYPT_SALT_SIZE = 16
MAX_WORK_FACTOR = 20
"""A stranger's file may not make us compute for minutes."""


@dataclass(frozen=True)
class X25519Recipient:
    """`age1…`, 32 bytes."""

    key: bytes

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap a file key for this recipient."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrapping = _x25519_wrapping(ephemeral, self.key, share, self.key)
        body = ChaCha20Poly1305(wrapping).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza("X25519", (b64encode(share),), body)

    @override
    def __str__(self) -> str:
        return bech32.encode("age", self.key)


@dataclass(frozen=True)
class X25519Identity:
    """`AGE-SECRET-KEY-1…`, 32 bytes."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "X25519Identity":
        """Make a new identity."""
        return cls(os.urandom(_KEY_SIZE))

    @property
    def recipient(self) -> X25519Recipient:
        """Return the public half."""
        private = X25519PrivateKey.from_private_bytes(self.secret)
        return X25519Recipient(private.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key, or `None` where the stanza is not for us."""
        if stanza.kind != "X25519":
            return None
        if len(stanza.arguments) != 1 or len(stanza.body) != _WRAPPED_SIZE:
            raise HeaderError("X25519")
        share = b64decode(stanza.arguments[0])
        if len(share) != _KEY_SIZE:
            raise HeaderError("X25519 share")
        private = X25519PrivateKey.from_private_bytes(self.secret)
        wrapping = _x25519_wrapping(private, share, share, self.recipient.key)
        return _opened(wrapping, stanza.body)

    @override
    def __str__(self) -> str:
        return bech32.encode("age-secret-key-", self.secret).upper()


@dataclass(frozen=True)
class HybridRecipient:
    """`age1pq1…`: ML-KEM-768 and X25519 together, 1,216 bytes."""

    key: bytes = field(repr=False)

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap a file key for this recipient (HPKE, RFC 9180, base mode)."""
        public = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.key[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(self.key[_MLKEM_PUBLIC:]),
        )
        sealed = _SUITE.encrypt(file_key, public, info=_HYBRID_LABEL)
        share, body = sealed[:_HYBRID_ENCAPSULATION], sealed[_HYBRID_ENCAPSULATION:]
        return Stanza(_HYBRID_KIND, (b64encode(share),), body)

    @override
    def __str__(self) -> str:
        return bech32.encode("age1pq", self.key)


@dataclass(frozen=True)
class HybridIdentity:
    """`AGE-SECRET-KEY-PQ-1…`, a seed of 32 bytes."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != _KEY_SIZE:
            raise BadKeyError("seed")

    @classmethod
    def generate(cls) -> "HybridIdentity":
        """Make a new identity."""
        return cls(os.urandom(_KEY_SIZE))

    @classmethod
    def from_seed(cls, seed: bytes) -> "HybridIdentity":
        """Make the identity that a secret of 32 bytes stands for."""
        return cls(seed)

    @property
    def recipient(self) -> HybridRecipient:
        """Return the public half."""
        mlkem, x25519 = self._halves()
        return HybridRecipient(
            mlkem.public_key().public_bytes_raw()
            + x25519.public_key().public_bytes_raw()
        )

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key, or `None` where the stanza is not for us."""
        if stanza.kind != _HYBRID_KIND:
            return None
        if len(stanza.arguments) != 1 or len(stanza.body) != _WRAPPED_SIZE:
            raise HeaderError(_HYBRID_KIND)
        share = b64decode(stanza.arguments[0])
        if len(share) != _HYBRID_ENCAPSULATION:
            raise HeaderError(_HYBRID_KIND)
        mlkem, x25519 = self._halves()
        # HPKE's failure does not say whether the share was one that fits no key.
        _x25519_exchange(x25519, share[_MLKEM_SHARE:])
        private = MLKEM768X25519PrivateKey(mlkem, x25519)
        try:
            return _SUITE.decrypt(share + stanza.body, private, info=_HYBRID_LABEL)
        except InvalidTag:
            return None

    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        expanded = shake_256(self.seed).digest(96)
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            X25519PrivateKey.from_private_bytes(expanded[64:]),
        )

    @override
    def __str__(self) -> str:
        return bech32.encode("age-secret-key-pq-", self.seed).upper()


@dataclass(frozen=True)
class Passphrase:
    """A passphrase, as recipient and as identity; scrypt with N of 2^`work_factor`."""

    text: str = field(repr=False)
    work_factor: int = 17

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap a file key; such a stanza stands alone in its header."""
        salt = os.urandom(_SCRYPT_SALT_SIZE)
        wrapping = self._wrapping(salt, self.work_factor)
        body = ChaCha20Poly1305(wrapping).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza("scrypt", (b64encode(salt), str(self.work_factor)), body)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key, or `None` for another passphrase."""
        if stanza.kind != "scrypt":
            return None
        if len(stanza.arguments) != 2 or len(stanza.body) != _WRAPPED_SIZE:  # noqa: PLR2004
            raise HeaderError("scrypt")
        salt, factor = b64decode(stanza.arguments[0]), stanza.arguments[1]
        if len(salt) != _SCRYPT_SALT_SIZE or not factor.isascii():
            raise HeaderError("scrypt salt")
        if not factor.isdigit() or factor.startswith("0") or len(factor) > 2:  # noqa: PLR2004
            raise HeaderError("scrypt work factor")
        if int(factor) > MAX_WORK_FACTOR:
            raise HeaderError("scrypt work factor")
        return _opened(self._wrapping(salt, int(factor)), stanza.body)

    def _wrapping(self, salt: bytes, work_factor: int) -> bytes:
        n = 1 << work_factor
        return scrypt(
            self.text.encode(),
            salt=_SCRYPT_LABEL + salt,
            n=n,
            r=8,
            p=1,
            maxmem=n * 8 * 128 + (1 << 20),
            dklen=_KEY_SIZE,
        )


Recipient = X25519Recipient | HybridRecipient | Passphrase
KeyIdentity = X25519Identity | HybridIdentity
Identity = KeyIdentity | Passphrase


def parse_recipient(text: str) -> X25519Recipient | HybridRecipient:
    """Read `age1…` or `age1pq1…`; raise `BadKeyError`."""
    if text.startswith("age1pq1"):
        return HybridRecipient(_sized(bech32.decode("age1pq", text), _HYBRID_PUBLIC))
    return X25519Recipient(_sized(bech32.decode("age", text), _KEY_SIZE))


def parse_identity(text: str) -> KeyIdentity:
    """Read `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`; raise `BadKeyError`."""
    if text.upper().startswith("AGE-SECRET-KEY-PQ-1"):
        return HybridIdentity(bech32.decode("age-secret-key-pq-", text))
    return X25519Identity(_sized(bech32.decode("age-secret-key-", text), _KEY_SIZE))


def _sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise BadKeyError("length")
    return data


def _x25519_wrapping(
    private: X25519PrivateKey, peer: bytes, share: bytes, recipient: bytes
) -> bytes:
    shared = _x25519_exchange(private, peer)
    return HKDF(SHA256(), _KEY_SIZE, share + recipient, _X25519_LABEL).derive(shared)


def _x25519_exchange(private: X25519PrivateKey, peer: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(peer))
    except ValueError as error:
        # A share of low order; RFC 7748, section 6.1.
        raise HeaderError("X25519 share") from error


def _opened(wrapping: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(wrapping).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None
