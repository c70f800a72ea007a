"""How an act becomes a leaf of the ledger's tree; whoever has its salt can check it.

The leaf is SHA-256(0x00 || HMAC-SHA256(salt, entry)), an RFC 6962 leaf over the HMAC.
Without the salt it says nothing, also to who guesses what the entry said.
"""

import hmac
import json
import secrets

from archive.models.act import ActRow
from storage.merkle import leaf_hash

SALT_BYTES = 16


def new_salt() -> str:
    """Return a salt, in hex as it is kept."""
    return secrets.token_hex(SALT_BYTES)


def entry_of(row: ActRow, previous: str | None) -> bytes:
    """Return an act as canonical JSON: ASCII, sorted keys, no spaces.

    `previous` is the leaf of the testimony's act before this one, in hex.
    """
    told = {
        "sequence": row.sequence,
        "testimony": row.testimony_id,
        "kind": row.kind,
        "day": row.day.isoformat(),
        "document": row.document,
        "previous": previous,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def leaf_of(salt: bytes, entry: bytes) -> bytes:
    """Return the hash of an entry's leaf."""
    return leaf_hash(hmac.digest(salt, entry, "sha256"))


def leaf_of_row(row: ActRow, previous: str | None) -> str | None:
    """Return the leaf that an act's row makes, in hex; `None` without a whole salt."""
    try:
        salt = bytes.fromhex(row.salt or "")
    except ValueError:
        return None
    if len(salt) != SALT_BYTES:
        return None
    return leaf_of(salt, entry_of(row, previous)).hex()
