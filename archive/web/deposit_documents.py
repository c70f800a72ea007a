"""What a kiosk's browser sends beside an upload, read without believing any of it."""

import binascii
import re
from base64 import b64decode

from archive.deposits import InitialAudience, SealedDeposit, initial_terms
from archive.telling.tongues import LANGUAGES
from storage.errors import StorageError
from storage.identities import HybridRecipient, Recipient, parse_recipient

MAX_DOCUMENT = 896 << 10
"""Bytes of JSON: public keys, two small sealed files, and what was pending.

It has to fit into a question to the vault (`archive.vault.wire`).
"""

# A piece a second: in silence a browser takes 258 of them to fill a chunk.
_MOST_PENDING = 320

_LOCATOR = re.compile(r"[0-9a-f]{64}")
_FIELDS = frozenset(
    {
        "upload",
        "recipient",
        "key",
        "claim",
        "description",
        "audience",
        "transcription",
        "language",
        "cut",
        "pending",
    }
)


def deposit_of(document: object) -> SealedDeposit:
    """Return the deposit that a JSON document asks for; `ValueError` for nonsense."""
    try:
        return _read(document)
    except (KeyError, TypeError, StorageError, binascii.Error) as error:
        raise ValueError("deposit") from error


def _read(document: object) -> SealedDeposit:
    if not isinstance(document, dict) or set(document) != _FIELDS:
        raise ValueError("fields")
    claim = document["claim"]
    if not isinstance(claim, dict) or set(claim) != {"locator", "recipient"}:
        raise ValueError("claim")
    locator = _text(claim["locator"])
    if not _LOCATOR.fullmatch(locator):
        raise ValueError("locator")
    language = _text(document["language"])
    if language not in LANGUAGES:
        raise ValueError("language")
    audience = InitialAudience(_text(document["audience"]))
    return SealedDeposit(
        upload=_text(document["upload"]),
        recipient=_recipient(document["recipient"]),
        key=b64decode(_text(document["key"]), validate=True),
        locator=locator,
        claim=_recipient(claim["recipient"]),
        description=b64decode(_text(document["description"]), validate=True),
        terms=initial_terms(audience, transcription=_flag(document["transcription"])),
        language=language,
        cut_off=_flag(document["cut"]),
        pending=_pieces(document["pending"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _pieces(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > _MOST_PENDING:
        raise TypeError
    return tuple(b64decode(_text(each), validate=True) for each in value)


def _recipient(value: object) -> Recipient:
    """Only the default kind is taken: what is kept for decades is sealed to it."""
    found = parse_recipient(_text(value))
    if not isinstance(found, HybridRecipient):
        raise TypeError
    return found
