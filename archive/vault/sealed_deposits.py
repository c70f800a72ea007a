"""A sealed deposit as one text on its way to the vault, and back."""

import json
from base64 import b64decode, b64encode

from archive.sealed_deposit import SealedDeposit
from consent.reading import from_json
from consent.writing import to_json
from storage.identities import parse_recipient


def deposit_told(deposit: SealedDeposit) -> str:
    """Write a deposit as JSON."""
    return json.dumps(
        {
            "upload": deposit.upload,
            "recipient": str(deposit.recipient),
            "key": b64encode(deposit.key).decode(),
            "locator": deposit.locator,
            "claim": str(deposit.claim),
            "description": b64encode(deposit.description).decode(),
            "terms": to_json(deposit.terms),
            "language": deposit.language,
            "cut_off": deposit.cut_off,
            "pending": [b64encode(each).decode() for each in deposit.pending],
        }
    )


def deposit_read(text: str) -> SealedDeposit:
    """Read what `deposit_told` wrote; anything odd is `ValueError`."""
    try:
        told = json.loads(text)
        return SealedDeposit(
            upload=str(told["upload"]),
            recipient=parse_recipient(str(told["recipient"])),
            key=b64decode(told["key"], validate=True),
            locator=str(told["locator"]),
            claim=parse_recipient(str(told["claim"])),
            description=b64decode(told["description"], validate=True),
            terms=from_json(str(told["terms"]).encode()),
            language=str(told["language"]),
            cut_off=told["cut_off"] is True,
            pending=tuple(b64decode(each, validate=True) for each in told["pending"]),
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("deposit") from error
