"""A log's Ed25519 key in a folder, its public half, and the last head that it signed.

The key lies in the clear: whoever keeps the log has to sign while all else is locked.
The last head lies beside it, so that a log is not rolled back with its data alone.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from storage.durable import sync_folder, write_durably
from storage.errors import DamagedError, MissingError
from storage.signed_notes import NoteKey, VerifierKey

_KEY, _PUBLIC, _HEAD = "ledger.key", "ledger.pub", "ledger.head"


class LogKey:
    """The key of one log, in PEM; notes are signed with it under the log's name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        """Return where the key lies."""
        return self._folder / _KEY

    def create(self) -> None:
        """Make the key, unless there is one."""
        if not self.path.exists():
            made = Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            partial = self.path.with_name(f"{_KEY}.{secrets.token_hex(8)}.partial")
            write_durably(partial, made)
            try:
                # Of two that make one at once, the first one's holds.
                os.link(partial, self.path)
            except FileExistsError:
                pass
            finally:
                partial.unlink()
            sync_folder(self._folder)
        if not (self._folder / _PUBLIC).exists():
            public = self._private().public_key()
            told = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            write_durably(self._folder / _PUBLIC, told)

    def signer(self, name: str) -> NoteKey:
        """Return the key under a name; it is made on first need."""
        self.create()
        return NoteKey(name, self._private())

    def verifier(self, name: str) -> VerifierKey:
        """Return the public half under a name; raise `MissingError`."""
        try:
            found = load_pem_public_key((self._folder / _PUBLIC).read_bytes())
        except FileNotFoundError as error:
            raise MissingError(_PUBLIC) from error
        except (ValueError, UnsupportedAlgorithm) as error:
            raise DamagedError(_PUBLIC) from error
        if not isinstance(found, Ed25519PublicKey):
            raise DamagedError(_PUBLIC)
        return VerifierKey(name, found.public_bytes_raw())

    def last(self) -> str | None:
        """Return the last checkpoint that was signed, as far as this folder knows."""
        try:
            return (self._folder / _HEAD).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise DamagedError(_HEAD) from error

    def keep(self, checkpoint: str) -> None:
        """Keep a checkpoint as the last one."""
        write_durably(self._folder / _HEAD, checkpoint.encode())

    def _private(self) -> Ed25519PrivateKey:
        try:
            found = load_pem_private_key(self.path.read_bytes(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise DamagedError(_KEY) from error
        if not isinstance(found, Ed25519PrivateKey):
            raise DamagedError(_KEY)
        return found
