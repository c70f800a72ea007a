"""Files that are there whole, or not at all, after any crash."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storage.errors import ReadOnlyError, StorageFullError

PARTIAL = ".partial"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Turn what says a full disk or a read-only one into a typed error."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError from error
        if error.errno == errno.EROFS:
            raise ReadOnlyError from error
        raise


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(file: BinaryIO, partial: Path, final: Path) -> None:
    """Make a written file durable under its final name."""
    file.flush()
    os.fsync(file.fileno())
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial.replace(final)
    sync_folder(final.parent)


def write_durably(path: Path, content: bytes) -> None:
    """Write a small private file; a reader sees all of it or what was before."""
    partial = path.with_name(path.name + PARTIAL)
    with full_disk_named():
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                publish(file, partial, path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def destroy_file(path: Path) -> None:
    """Overwrite, then remove a small file, and what a broken-off writing of it left.

    A missing one is no error. A link is removed, and what it points at stays.
    """
    for each in (path.with_name(path.name + PARTIAL), path):
        _destroy(each)


def _destroy(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    else:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    path.unlink(missing_ok=True)
    sync_folder(path.parent)
