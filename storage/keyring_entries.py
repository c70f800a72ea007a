"""What an entry of the keyring holds: a testimony key, for its holders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from storage.errors import DamagedError
from storage.identities import Identity, KeyIdentity, Recipient, parse_identity
from storage.wrapping import unwrap, wrap

_FOR, _DRAFT = "# sealed for ", "# draft"


@dataclass(frozen=True)
class Entry:
    """An opened entry.

    `claim` is the digest of the narrator's recipient that its maker sealed it for,
    where it says so. A `draft` was sealed before its narrator chose to keep it.
    """

    key: KeyIdentity = field(repr=False)
    claim: str | None
    draft: bool


def claim_digest(claim: Recipient) -> str:
    """Return what stands for a narrator's recipient in an entry."""
    return sha256(str(claim).encode()).hexdigest()


def holders_of(entry: bytes) -> int:
    """Return how many recipients an entry is sealed to; needs no key."""
    header, _, _ = entry.partition(b"\n---")
    return header.count(b"\n-> ")


def wrap_first(key: KeyIdentity, archive: Recipient, claim: Recipient) -> bytes:
    """Return the entry that a testimony comes with; it says for whose code it is.

    Sealed files do not tell whom they are for: without that line, who has a copy of an
    entry could deposit it as their own, and have it wrapped for them later.
    """
    text = f"{_FOR}{claim_digest(claim)}\n{key}\n"
    return wrap(text.encode(), [archive, claim])


def wrap_draft(key: KeyIdentity, archive: Recipient) -> bytes:
    """Return the entry of a recording that nobody chose to keep yet."""
    return wrap(f"{_DRAFT}\n{key}\n".encode(), [archive])


def wrap_testimony_key(key: KeyIdentity, holders: Sequence[Recipient]) -> bytes:
    """Return a keyring entry: the testimony key as an age file to its holders."""
    return wrap(f"{key}\n".encode(), holders)


def open_entry(entry: bytes, identities: Sequence[Identity]) -> Entry:
    """Open an entry: an age identity file, with a comment before the key or none.

    Raise `NoMatchError` for who is no holder, and `StorageError`.
    """
    try:
        lines = unwrap(entry, identities).decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise DamagedError("no text") from error
    said = [line for line in lines if line.startswith("#")]
    keys = [line for line in lines if line and not line.startswith("#")]
    if len(keys) != 1:
        raise DamagedError("no key, or more than one")
    claims = [line.removeprefix(_FOR) for line in said if line.startswith(_FOR)]
    return Entry(
        key=parse_identity(keys[0]),
        claim=claims[0] if claims else None,
        draft=_DRAFT in said,
    )


def unwrap_testimony_key(entry: bytes, identities: Sequence[Identity]) -> KeyIdentity:
    """Open a keyring entry; raise `NoMatchError` for who is no holder."""
    return open_entry(entry, identities).key
