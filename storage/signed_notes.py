"""Signed notes (c2sp.org/signed-note): a text, and lines that sign it.

Ed25519 only, which is signature type 1; what other keys signed is kept and ignored.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from typing_extensions import override

from storage.errors import StorageError

ED25519, COSIGNATURE = 0x01, 0x04
MOST_SIGNATURES = 64
_MARK = "\N{EM DASH} "
_KEY_ID, _PUBLIC = 4, 32
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class BadNoteError(StorageError, ValueError):
    """It is not a signed note, or not one of the form that is wanted."""


class UnsignedError(StorageError):
    """No key that is trusted signed this, or what it signed was changed."""


@dataclass(frozen=True)
class Signature:
    """One signature line; `content` is what follows the key's id."""

    name: str
    key_id: bytes
    content: bytes

    @override
    def __str__(self) -> str:
        told = base64.b64encode(self.key_id + self.content).decode()
        return f"{_MARK}{self.name} {told}\n"


@dataclass(frozen=True)
class VerifierKey:
    """An Ed25519 public key with a name; `kind` says what it signs, and how."""

    name: str
    public: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not proper_name(self.name) or len(self.public) != _PUBLIC:
            raise BadNoteError("verifier key")

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which signatures name the key."""
        told = f"{self.name}\n".encode() + bytes([self.kind]) + self.public
        return sha256(told).digest()[:_KEY_ID]

    @override
    def __str__(self) -> str:
        told = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{told}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read `name+hash+base64`; raise `BadNoteError`."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        content = decoded(encoded)
        if len(content) != 1 + _PUBLIC or content[0] not in {ED25519, COSIGNATURE}:
            raise BadNoteError("verifier key")
        key = cls(name, content[1:], content[0])
        if key.key_id.hex() != key_id:
            raise BadNoteError("verifier key")
        return key

    def made(self, signature: Signature) -> bool:
        """Say whether a signature names this key."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Say whether this key signed a message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Note:
    """A text, which ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @override
    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(map(str, self.signatures))

    @classmethod
    def parse(cls, told: str) -> "Note":
        """Read a signed note; raise `BadNoteError`."""
        text, gap, lines = told.rpartition("\n\n")
        if any("\ud800" <= each <= "\udfff" for each in told):
            raise BadNoteError("not UTF-8")
        if not gap or not lines.endswith("\n") or _CONTROL.search(told):
            raise BadNoteError("not a signed note")
        found = lines.removesuffix("\n").split("\n")
        if len(found) > MOST_SIGNATURES:
            raise BadNoteError("too many signatures")
        return cls(text + "\n", tuple(_signature(line) for line in found))

    def verified(self, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
        """Return which of these keys (of type 1) signed it; raise `UnsignedError`."""
        found: list[VerifierKey] = []
        for signature in self.signatures:
            for key in keys:
                if key.kind != ED25519 or not key.made(signature):
                    continue
                if not key.verifies(self.text.encode(), signature.content):
                    raise UnsignedError(key.name)
                found.append(key)
        if not found:
            raise UnsignedError("nobody known signed this")
        return found


@dataclass(frozen=True)
class NoteKey:
    """An Ed25519 key that signs notes under a name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """Return the public half."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Note:
        """Sign a text that ends in a newline."""
        if not text.endswith("\n") or _CONTROL.search(text):
            raise BadNoteError("not a text to sign")
        made = self.private.sign(text.encode())
        return Note(text, (Signature(self.name, self.verifier.key_id, made),))


def proper_name(name: str) -> bool:
    """Say whether a key may have this name."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def decoded(text: str) -> bytes:
    """Decode base64 strictly: one text for one content. Raise `BadNoteError`."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNoteError("base64") from error
    if base64.b64encode(content).decode() != text:
        raise BadNoteError("base64")
    return content


def number(text: str) -> int:
    """Read a decimal without leading zeros; raise `BadNoteError`."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise BadNoteError("number")
    return int(text)


def _signature(line: str) -> Signature:
    name, _, told = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not proper_name(name):
        raise BadNoteError("signature line")
    content = decoded(told)
    if len(content) <= _KEY_ID:
        raise BadNoteError("signature line")
    return Signature(name, content[:_KEY_ID], content[_KEY_ID:])
