"""The age v1 header: a file key wrapped for each recipient (C2SP age.md)."""

import hmac
import os
from collections.abc import Sequence
from typing import BinaryIO

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import ForgedHeaderError, HeaderError, NoMatchError
from storage.identities import FILE_KEY_SIZE, Identity, Passphrase, Recipient
from storage.stanzas import Stanza, b64decode, b64encode, read_stanza

VERSION = "age-encryption.org/v1"
MAX_HEADER = 1 << 20
_MAX_LINE = 1 << 16
_FOOTER = "---"
_MAC_SIZE = 32


def write_header(recipients: Sequence[Recipient]) -> tuple[bytes, bytes]:
    """Return a new file key (16 bytes) and its header."""
    if not recipients:
        raise ValueError("no recipients")
    if len(recipients) > 1 and any(isinstance(r, Passphrase) for r in recipients):
        raise ValueError("a passphrase must be the only recipient")
    file_key = os.urandom(FILE_KEY_SIZE)
    stanzas = "".join(recipient.wrap(file_key).written() for recipient in recipients)
    authenticated = f"{VERSION}\n{stanzas}{_FOOTER}".encode()
    mac = b64encode(_mac(file_key, authenticated))
    return file_key, authenticated + f" {mac}\n".encode()


def read_header(
    source: BinaryIO, identities: Sequence[Identity]
) -> tuple[bytes, bytes]:
    """Read a header; return the file key and the header's bytes.

    Raise `HeaderError` for what is malformed, `ForgedHeaderError` for what was
    changed, `NoMatchError` where no identity opens it. The source stands at the
    payload's nonce afterwards.
    """
    stanzas, mac, header = _parsed(source)
    authenticated = header[: header.rindex(b" ")]
    file_key = _file_key(stanzas, identities)
    if not hmac.compare_digest(mac, _mac(file_key, authenticated)):
        raise ForgedHeaderError
    return file_key, header


def skip_header(source: BinaryIO) -> bytes:
    """Return a well-formed header's bytes, whoever it is for; raise `HeaderError`.

    Only who opens it can tell whether it was changed. The source stands at the
    payload's nonce afterwards.
    """
    return _parsed(source)[2]


def _parsed(source: BinaryIO) -> tuple[list[Stanza], bytes, bytes]:
    """Return stanzas, authentication code, and the header as it stands."""
    lines = _lines(source)
    stanzas = _stanzas(lines[1:-1])
    mac = b64decode(lines[-1].removeprefix(f"{_FOOTER} "))
    if len(mac) != _MAC_SIZE:
        raise HeaderError("footer")
    return stanzas, mac, "".join(f"{line}\n" for line in lines).encode()


def _stanzas(lines: list[str]) -> list[Stanza]:
    rest = iter(lines)
    stanzas = [read_stanza(line, rest) for line in rest]
    if not stanzas:
        raise HeaderError("no stanzas")
    if len(stanzas) > 1 and any(stanza.kind == "scrypt" for stanza in stanzas):
        raise HeaderError("a passphrase among others")
    return stanzas


def _file_key(stanzas: list[Stanza], identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        for stanza in stanzas:
            file_key = identity.unwrap(stanza)
            if file_key is not None:
                if len(file_key) != FILE_KEY_SIZE:
                    raise HeaderError("file key")
                return file_key
    raise NoMatchError


def _lines(source: BinaryIO) -> list[str]:
    lines: list[str] = []
    size = 0
    while not lines or not lines[-1].startswith(f"{_FOOTER} "):
        raw = source.readline(_MAX_LINE)
        size += len(raw)
        if not raw.endswith(b"\n") or size > MAX_HEADER:
            raise HeaderError("header")
        try:
            line = raw[:-1].decode("ascii")
        except UnicodeDecodeError as error:
            raise HeaderError("header") from error
        if not lines and line != VERSION:
            raise HeaderError("version")
        lines.append(line)
    return lines


def _mac(file_key: bytes, authenticated: bytes) -> bytes:
    key = HKDF(SHA256(), 32, None, b"header").derive(file_key)
    return hmac.digest(key, authenticated, "sha256")
