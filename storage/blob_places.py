"""Where blobs lie: a folder on this machine, or a bucket that speaks S3."""

import os
import re
import time
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.parse import urlsplit

from obstore.store import LocalStore, ObjectStore, S3Store

from storage.durable import full_disk_named, sync_folder
from storage.stored_file import StoredFile

_STAGED = re.compile(r"[0-9a-f]{32}#[0-9]+")
_LEVELS = 3
# Whoever asks waits two seconds; whoever writes a part has a slow line at worst.
_CONNECTING, _WHOLE_REQUEST = timedelta(seconds=2), timedelta(seconds=60)
_RETRYING = timedelta(seconds=5)


class Place(Protocol):
    """A store, and what it needs beside `obstore` to keep what it was given."""

    @property
    def store(self) -> ObjectStore:
        """Return the store."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading; raise `FileNotFoundError` or `MissingError`."""
        ...

    def settle(self, name: str) -> None:
        """Make a blob durable that was written whole."""
        ...

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what was broken off `older_than` seconds ago; return how much."""
        ...


class Folder:
    """A folder; a blob is acknowledged after fsync of it and of its folders."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def store(self) -> ObjectStore:
        """Return the store; the folder is made when it is first asked for."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self._root)

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading; raise `FileNotFoundError`."""
        # A range by the store takes two and a half times as long.
        return (self._root / name).open("rb")

    def settle(self, name: str) -> None:
        """Make a blob durable that was written whole."""
        path = self._root / name
        with full_disk_named():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            # A folder that is new has a name that is new, up to the one of the archive.
            for folder in list(path.parents)[:_LEVELS]:
                sync_folder(folder)

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what was broken off `older_than` seconds ago; return how much."""
        removed = 0
        for path in self._root.glob("??/*"):
            if not _STAGED.fullmatch(path.name):
                continue
            if time.time() - path.stat().st_mtime >= older_than:
                path.unlink(missing_ok=True)
                removed += 1
        return removed


class Bucket:
    """A bucket, as `s3://BUCKET/PREFIX`; endpoint and credentials are `AWS_*`'s."""

    def __init__(self, address: str) -> None:
        self._address = address

    @cached_property
    def store(self) -> ObjectStore:
        """Return the store; nothing is asked of it yet."""
        clear = urlsplit(os.environ.get("AWS_ENDPOINT", "")).scheme == "http"
        return S3Store.from_url(
            self._address,
            client_options={
                "connect_timeout": _CONNECTING,
                "timeout": _WHOLE_REQUEST,
                "allow_http": clear,
            },
            retry_config={"max_retries": 2, "retry_timeout": _RETRYING},
        )

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading; raise `MissingError`."""
        return cast("BinaryIO", StoredFile(self.store, name))

    def settle(self, name: str) -> None:
        """Do nothing: a bucket acknowledges only what it keeps."""

    def discard_unfinished(self, older_than: float) -> int:  # noqa: ARG002
        """Remove nothing: uploads broken off expire by a rule of the bucket."""
        return 0


def place_at(address: str | Path) -> Place:
    """Return a place by its address; raise `ValueError` for what is none."""
    if isinstance(address, Path):
        return Folder(address)
    found = urlsplit(address)
    if found.scheme == "s3":
        if not found.netloc or found.query or found.fragment or "@" in found.netloc:
            raise ValueError(address)
        return Bucket(address)
    if found.scheme:
        raise ValueError(address)
    return Folder(Path(address))
