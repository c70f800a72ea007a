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

from storage.durable import PARTIAL, sync_folder, write_durably
from storage.errors import DamagedError, MissingError
from storage.signed_notes import NoteKey, VerifierKey


class LogKey:
    """The key of one log, in PEM; notes are signed with it under the log's name."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    @property
    def path(self) -> Path:
        """Return where the key lies."""
        return self._folder / f"{self._name}.key"

    @property
    def exists(self) -> bool:
        """Say whether the key was made."""
        return self.path.exists()

    @property
    def private(self) -> Ed25519PrivateKey:
        """Return the key itself, made on first need."""
        self.create()
        return self._private()

    def create(self) -> None:
        """Make the key, unless there is one."""
        if not self.path.exists():
            made = Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            partial = self.path.with_name(
                f"{self.path.name}.{secrets.token_hex(8)}{PARTIAL}"
            )
            write_durably(partial, made)
            try:
                # Of two that make one at once, the first one's holds.
                os.link(partial, self.path)
            except FileExistsError:
                pass
            finally:
                partial.unlink()
            sync_folder(self._folder)
        if not self._public.exists():
            public = self._private().public_key()
            told = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            write_durably(self._public, told)

    def signer(self, name: str) -> NoteKey:
        """Return the key under a name; it is made on first need."""
        return NoteKey(name, self.private)

    def verifier(self, name: str) -> VerifierKey:
        """Return the public half under a name; raise `MissingError`."""
        try:
            found = load_pem_public_key(self._public.read_bytes())
        except FileNotFoundError as error:
            raise MissingError(self._public.name) from error
        except (ValueError, UnsupportedAlgorithm) as error:
            raise DamagedError(self._public.name) from error
        if not isinstance(found, Ed25519PublicKey):
            raise DamagedError(self._public.name)
        return VerifierKey(name, found.public_bytes_raw())

    def last(self) -> str | None:
        """Return the last checkpoint that was signed, as far as this folder knows."""
        try:
            return self._head.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise DamagedError(self._head.name) from error

    def keep(self, checkpoint: str) -> None:
        """Keep a checkpoint as the last one."""
        write_durably(self._head, checkpoint.encode())

    def leave(self, number: int) -> None:
        """Keep the last checkpoint of a log that is left for another, by its number."""
        told = self.last()
        if told is not None:
            path = self._folder / f"{self._name}.{number}.head"
            write_durably(path, told.encode())

    @property
    def _public(self) -> Path:
        return self._folder / f"{self._name}.pub"

    @property
    def _head(self) -> Path:
        return self._folder / f"{self._name}.head"

    def _private(self) -> Ed25519PrivateKey:
        try:
            found = load_pem_private_key(self.path.read_bytes(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise DamagedError(self.path.name) from error
        if not isinstance(found, Ed25519PrivateKey):
            raise DamagedError(self.path.name)
        return found
