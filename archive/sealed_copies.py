"""Gives narrators what is theirs as it lies, sealed: no key is needed, none is used.

Whether someone is its narrator the gate says, anew for each range.
"""

from dataclasses import dataclass

from archive.access import (
    MAX_RANGE,
    Access,
    DamagedStoryError,
    NotHereError,
    VaultUnavailableError,
)
from archive.keys import KeyFolder
from archive.released import Released
from archive.sealed_objects import NothingSealedError, SealedObjects
from consent.actors import Actor
from consent.decisions import Reason
from consent.parts import Part
from storage.errors import MissingError, StorageError, StoreUnavailableError


@dataclass(frozen=True)
class SealedCopies:
    """For anyone but its narrators there is no such testimony."""

    gate: Access
    objects: SealedObjects
    folder: KeyFolder

    def sealed_key(self, actor: Actor, testimony_id: str) -> bytes:
        """Return the keyring entry; raise `NotHereError` or `DamagedStoryError`."""
        self._check_own(actor, testimony_id)
        try:
            return self.folder.keyring.get(testimony_id)
        except MissingError as error:
            raise NotHereError from error
        except StorageError as error:
            raise DamagedStoryError from error

    def sealed_part(  # noqa: PLR0913 - a request is all of these
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        revision: int,
        offset: int,
        length: int,
    ) -> Released:
        """Return at most `MAX_RANGE` sealed bytes of a part's revision."""
        self._check_own(actor, testimony_id)
        try:
            sealed = self.objects.newest(testimony_id, part, revision)
            total = self.objects.blobs.size(sealed.blob_key)
            with self.objects.blobs.open(sealed.blob_key) as blob:
                blob.seek(min(offset, total))
                data = blob.read(min(length, MAX_RANGE))
        except (NothingSealedError, MissingError) as error:
            raise NotHereError from error
        except StoreUnavailableError as error:
            raise VaultUnavailableError from error
        return Released(data, offset, total, sealed.media_type, sealed.revision)

    def _check_own(self, actor: Actor, testimony_id: str) -> None:
        if Reason.NARRATOR not in self.gate.disclosure(actor, testimony_id).reasons:
            raise NotHereError
