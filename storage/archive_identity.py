"""The archive identity: its public half in the open, its secret half only sealed."""

from collections.abc import Sequence
from pathlib import Path

from storage.durable import write_durably
from storage.errors import BadKeyError, HeaderError, MissingError
from storage.identities import (
    HybridIdentity,
    HybridRecipient,
    Identity,
    KeyIdentity,
    Passphrase,
    X25519Recipient,
    parse_identity,
    parse_recipient,
)
from storage.wrapping import unwrap, wrap

ArchiveIdentity = tuple[KeyIdentity, ...]
"""The present identity first; while keys are exchanged the one before it follows."""


def identity_file(identities: Sequence[KeyIdentity]) -> bytes:
    """Return an age identity file: one secret key a line."""
    return "".join(f"{identity}\n" for identity in identities).encode()


def parse_identity_file(content: bytes) -> ArchiveIdentity:
    """Read an age identity file; raise `BadKeyError`."""
    try:
        lines = [line.strip() for line in content.decode("ascii").splitlines()]
    except UnicodeDecodeError as error:
        raise BadKeyError("identity file") from error
    found = tuple(
        parse_identity(line) for line in lines if line and not line.startswith("#")
    )
    if not found:
        raise BadKeyError("identity file")
    return found


class ArchiveIdentityFile:
    """The archive identity under a passphrase, its public half beside it.

    The stock `age` tool opens the file with the same passphrase.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def exists(self) -> bool:
        """Say whether the identity is kept under a passphrase here."""
        return self._path.exists()

    def create(self, passphrase: str | None) -> HybridIdentity:
        """Make a new identity; refuse to overwrite one (`FileExistsError`).

        Without a passphrase only the public half is kept: others hold the secret.
        """
        if self._path.exists() or self._public.exists():
            raise FileExistsError(self._path.name)
        identity = HybridIdentity.generate()
        self.publish(identity)
        if passphrase is not None:
            self.keep((identity,), passphrase)
        return identity

    def publish(self, identity: KeyIdentity) -> None:
        """Write the public half, which deposits are sealed to."""
        write_durably(self._public, f"{identity.recipient}\n".encode())

    def keep(self, identity: ArchiveIdentity, passphrase: str) -> None:
        """Seal the identity under a passphrase, in place of what was there."""
        sealed = wrap(identity_file(identity), [Passphrase(passphrase)])
        write_durably(self._path, sealed)

    def recipient(self) -> X25519Recipient | HybridRecipient:
        """Return the public half, or raise `MissingError`."""
        try:
            return parse_recipient(self._public.read_text().strip())
        except FileNotFoundError as error:
            raise MissingError(self._public.name) from error

    def unlock(self, passphrase: str) -> ArchiveIdentity:
        """Return the identity; raise `NoMatchError` for a wrong passphrase."""
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError as error:
            raise MissingError(self._path.name) from error
        found = parse_identity_file(unwrap(sealed, [Passphrase(passphrase)]))
        return self.checked(found)

    def checked(self, identity: ArchiveIdentity) -> ArchiveIdentity:
        """Return an identity that belongs to the public half; raise `HeaderError`."""
        known = {str(each.recipient) for each in identity}
        if str(self.recipient()) not in known:
            raise HeaderError("identity and recipient do not belong together")
        return identity

    @property
    def _public(self) -> Path:
        return self._path.with_name("archive.recipient")


class RetiredIdentities:
    """The archive's earlier identities, sealed to the present one.

    For what was sealed to them on a tablet and waited there: nothing else needs them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def opened(self, identity: Sequence[Identity]) -> ArchiveIdentity:
        """Return them, the last one first; none where there was no other yet.

        Raise `NoMatchError` where they are sealed to another, and `StorageError`.
        """
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        return parse_identity_file(unwrap(sealed, identity))

    def add(self, before: Sequence[KeyIdentity], present: KeyIdentity) -> None:
        """Keep those `before` it too, all sealed to the present identity from now on.

        Broken off, it can be done again.
        """
        known = self.opened((present, *before))
        each = {str(one): one for one in (*before, *known)}
        sealed = wrap(identity_file([*each.values()]), [present.recipient])
        write_durably(self._path, sealed)
