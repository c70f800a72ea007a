"""Room kept for closing: on a full disk a narrator can still withdraw or erase."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from archive import logs
from storage.durable import full_disk_named, sync_folder
from storage.errors import StorageError, StorageFullError

T = TypeVar("T")
_SIZES = (1 << 20, 1 << 19, 1 << 18)


@dataclass(frozen=True)
class Reserve:
    """A file of up to 1 MiB that holds nothing; it gives way when the disk is full."""

    path: Path

    def make(self) -> bool:
        """Take the room, or as much as there is; say whether there is any now."""
        if self.path.exists():
            return True
        for size in _SIZES:
            try:
                self._take(size)
            except (StorageError, OSError) as error:
                logs.event("no-reserve", kind=type(error).__name__)
            else:
                return True
        return False

    def spend(self, deed: Callable[[], T]) -> T:
        """Do what must not fail for want of room; on a full disk, once again with it.

        Raise `StorageFullError` where even the reserve was not enough, or was spent.
        """
        try:
            return deed()
        except StorageFullError:
            if not self._release():
                raise
        try:
            return deed()
        finally:
            self.make()

    def _take(self, size: int) -> None:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with (
                full_disk_named(),
                os.fdopen(os.open(self.path, flags, 0o600), "wb") as file,
            ):
                # Bytes that no file system can store in less room.
                file.write(os.urandom(size))
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            return
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise

    def _release(self) -> bool:
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(self.path.parent)
        return True
