"""Uploads: resumable, sealed from the first byte, and theirs alone who hold the token."""

import fcntl
import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.blobs import Blobs
from storage.durable import PARTIAL
from storage.errors import MissingError, NoMatchError, StorageFullError
from storage.identities import HybridIdentity
from storage.keyring import unwrap_testimony_key
from storage.unsealing import UnsealingReader
from storage.uploads import (
    PART_SIZE,
    OffsetMismatchError,
    UploadBusyError,
    Uploads,
    UploadStatus,
    UploadTooLargeError,
)

PLAIN = os.urandom(300_000)


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def uploads(tmp_path, blobs):
    return Uploads(tmp_path / "uploads", blobs, 40 << 20)


class BreaksOff(io.BytesIO):
    """A connection that is lost after what it holds."""

    def read(self, size=-1):
        found = super().read(size)
        if not found:
            raise ConnectionResetError
        return found


def send(uploads, token, plain, offset=0, size=None):
    return uploads.append(token, offset, io.BytesIO(plain), size or len(plain))


def joined_plain(blobs, joined):
    with blobs.open(joined.blob_key) as blob:
        reader = UnsealingReader(blob, [joined.testimony_identity])
        assert reader.pin == joined.pin
        return reader.read()


@settings(max_examples=12)
@given(st.lists(st.integers(1, 200_000), min_size=1, max_size=5))
def test_what_came_in_any_pieces_is_joined_whole(tmp_path_factory, sizes):
    folder = tmp_path_factory.mktemp("uploads")
    blobs = Blobs(folder / "blobs")
    uploads = Uploads(folder / "uploads", blobs, 40 << 20)
    plain = os.urandom(sum(sizes))
    token, offset = uploads.create(len(plain)), 0
    for size in sizes:
        offset = send(uploads, token, plain[offset : offset + size], offset)

    joined = uploads.join(token)

    assert joined_plain(blobs, joined) == plain
    assert joined.plain_size == len(plain)
    assert uploads.join(token) == joined
    assert uploads.status(token) == UploadStatus(len(plain), len(plain), joined=True)


def test_more_than_a_part_in_one_request_is_cut_into_parts(uploads, blobs, tmp_path):
    plain = os.urandom(PART_SIZE + 100)
    token = uploads.create(len(plain))

    assert send(uploads, token, plain) == len(plain)
    assert len(list((tmp_path / "uploads").rglob("*-*.age"))) == 2
    assert joined_plain(blobs, uploads.join(token)) == plain


def test_what_arrived_before_a_connection_broke_is_kept(uploads):
    token = uploads.create(len(PLAIN))

    reached = uploads.append(token, 0, BreaksOff(PLAIN[:99_999]), len(PLAIN))

    assert reached == uploads.status(token).offset == 99_999
    assert send(uploads, token, PLAIN[reached:], reached) == len(PLAIN)


def test_a_part_that_was_never_finished_does_not_count(uploads, tmp_path):
    token = uploads.create(len(PLAIN))
    send(uploads, token, PLAIN[:1000])
    (folder,) = (tmp_path / "uploads").iterdir()
    (folder / f"dead{PARTIAL}").write_bytes(b"half a part")

    assert uploads.status(token).offset == 1000


def test_a_half_filled_upload_opens_for_nobody_who_has_only_the_disk(uploads, tmp_path):
    token = uploads.create(len(PLAIN))
    send(uploads, token, PLAIN[:200_000])
    (folder,) = (tmp_path / "uploads").iterdir()
    lying = b"".join(path.read_bytes() for path in folder.iterdir())

    assert PLAIN[:64] not in lying
    assert PLAIN[150_000:150_064] not in lying
    assert token.encode() not in lying
    assert token not in str(folder)
    with pytest.raises(NoMatchError):
        unwrap_testimony_key(
            (folder / "key.age").read_bytes(), [HybridIdentity.generate()]
        )


@pytest.mark.parametrize("offset", [1, 999, 1001, -1, 10**15])
def test_a_wrong_offset_is_refused(uploads, offset):
    token = uploads.create(len(PLAIN))
    send(uploads, token, PLAIN[:1000])

    with pytest.raises(OffsetMismatchError):
        send(uploads, token, PLAIN[1000:], offset)
    assert uploads.status(token).offset == 1000


def test_too_much_is_refused(uploads):
    token = uploads.create(10)
    with pytest.raises(UploadTooLargeError):
        send(uploads, token, PLAIN)
    with pytest.raises(UploadTooLargeError):
        uploads.append(token, 0, io.BytesIO(PLAIN), None)
    for length in (41 << 20, -1):
        with pytest.raises(UploadTooLargeError):
            uploads.create(length)


def test_a_declared_length_stays(uploads):
    token = uploads.create(None)
    send(uploads, token, PLAIN[:10])
    uploads.declare_length(token, 20)

    with pytest.raises(OffsetMismatchError):
        uploads.declare_length(token, 21)
    with pytest.raises(OffsetMismatchError):
        uploads.join(token)
    assert uploads.status(token).length == 20


@pytest.mark.parametrize(
    "token", ["", "a" * 43, "../" * 14 + "a", "é" * 43, "a" * 4000]
)
def test_unknown_and_malformed_tokens_are_missing(uploads, token):
    for act in (uploads.status, uploads.join, lambda t: send(uploads, t, b"x")):
        with pytest.raises(MissingError):
            act(token)


def test_two_writers_at_once_are_told_apart(uploads, tmp_path):
    token = uploads.create(10)
    (folder,) = (tmp_path / "uploads").iterdir()
    other = os.open(folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)

    with pytest.raises(UploadBusyError):
        send(uploads, token, b"x")
    os.close(other)
    assert send(uploads, token, b"x") == 1


def test_a_full_disk_loses_nothing_acknowledged(uploads, tmp_path):
    """A limit on file sizes is a full disk that every machine has."""
    import resource
    import signal

    token = uploads.create(len(PLAIN))
    send(uploads, token, PLAIN[:50_000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StorageFullError):
            send(uploads, token, PLAIN[50_000:], 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)

    assert uploads.status(token).offset == 50_000
    assert not list(tmp_path.rglob(f"*{PARTIAL}"))
    assert send(uploads, token, PLAIN[50_000:], 50_000) == len(PLAIN)


def test_what_is_discarded_or_forgotten_is_gone(uploads, blobs, tmp_path):
    kept, dropped, old = (uploads.create(3) for _ in range(3))
    for token in (kept, dropped, old):
        send(uploads, token, b"abc")
    key = uploads.join(kept).blob_key
    uploads.join(dropped)

    uploads.discard(kept)
    uploads.discard(dropped)
    assert key in set(blobs.keys())
    now = max(p.stat().st_mtime for p in (tmp_path / "uploads").rglob("*"))
    assert uploads.sweep(3600, now + 3599) == 0
    assert uploads.sweep(3600, now + 3601) == 1
    assert list((tmp_path / "uploads").iterdir()) == []
