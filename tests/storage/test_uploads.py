"""Uploads: resumable, of what was sealed before it came, and never opened."""

import fcntl
import io
import os
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.blobs import Blobs
from storage.durable import PARTIAL
from storage.errors import (
    DamagedError,
    HeaderError,
    MissingError,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
    UploadTooLargeError,
)
from storage.identities import HybridIdentity
from storage.mending import CutOff
from storage.outline import outline
from storage.sealing import seal
from storage.unsealing import UnsealingReader
from storage.uploads import Uploads, UploadStatus

KEY = HybridIdentity.generate()
PLAIN = os.urandom(300_000)
SEALED = seal(PLAIN, [KEY.recipient])
CHUNK = 65_536
HEADER = len(SEALED) - len(PLAIN) - 5 * 16
"""With its nonce."""
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


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


def send(uploads, token, sealed, offset=0, size=None):
    return uploads.append(token, offset, io.BytesIO(sealed), size or len(sealed))


def opened(blobs, kept):
    with blobs.open(kept.blob_key) as blob:
        reader = UnsealingReader(blob, [KEY])
        assert reader.pin == kept.pin
        assert reader.size == kept.plain_size
        return reader.read()


@settings(max_examples=12)
@given(st.lists(st.integers(1, 120_000), min_size=1, max_size=6))
def test_what_came_in_any_pieces_is_kept_as_it_was_sealed(tmp_path_factory, sizes):
    folder = tmp_path_factory.mktemp("uploads")
    blobs = Blobs(folder / "blobs")
    uploads = Uploads(folder / "uploads", blobs, 40 << 20)
    token, offset = uploads.create(len(SEALED)), 0
    for size in [*sizes, len(SEALED)]:
        piece = SEALED[offset : offset + size]
        offset = send(uploads, token, piece, offset) if piece else offset

    with uploads.taking(token) as kept:
        assert uploads.kept_keys() == {kept.blob_key}

    assert opened(blobs, kept) == PLAIN
    assert kept.sealed_size == len(SEALED)
    assert kept.digest == sha256(SEALED).hexdigest()
    with pytest.raises(MissingError):
        uploads.status(token)


@pytest.mark.parametrize("size", EDGES)
def test_an_outline_needs_no_key(size):
    sealed = seal(b"x" * size, [KEY.recipient])
    reader = UnsealingReader(io.BytesIO(sealed), [KEY])

    told = outline(io.BytesIO(sealed))

    assert (told.plain_size, told.pin) == (size, reader.pin)


@pytest.mark.parametrize(
    ("length", "error"),
    [
        (0, HeaderError),
        (30, HeaderError),
        (HEADER - 1, HeaderError),
        (HEADER, DamagedError),
        (HEADER + 15, DamagedError),
        (HEADER + CHUNK + 16 + 16, DamagedError),
    ],
)
def test_what_can_be_no_whole_file_has_no_outline(length, error):
    with pytest.raises(error):
        outline(io.BytesIO(SEALED[:length]))


def test_after_an_error_an_upload_is_taken_again_as_the_same_blob(uploads):
    token = uploads.create(len(SEALED))
    send(uploads, token, SEALED)

    with pytest.raises(ZeroDivisionError), uploads.taking(token) as first:
        raise ZeroDivisionError
    assert uploads.status(token) == UploadStatus(len(SEALED), len(SEALED))
    with uploads.taking(token) as again:
        assert again == first


def test_whoever_missed_that_an_upload_is_whole_may_say_its_end_again(uploads):
    token = uploads.create(len(SEALED))
    send(uploads, token, SEALED)
    with pytest.raises(ZeroDivisionError), uploads.taking(token):
        raise ZeroDivisionError
    end = len(SEALED)

    for size in (0, None):
        assert uploads.append(token, end, io.BytesIO(b""), size) == end
    for size in (1, None):
        with pytest.raises(UploadTooLargeError):
            uploads.append(token, end, io.BytesIO(b"x"), size)
    assert uploads.status(token) == UploadStatus(end, end)


def test_what_arrived_before_a_connection_broke_is_kept(uploads):
    token = uploads.create(len(SEALED))

    reached = uploads.append(token, 0, BreaksOff(SEALED[:99_999]), len(SEALED))

    assert reached == uploads.status(token).offset == 99_999
    assert send(uploads, token, SEALED[reached:], reached) == len(SEALED)


@pytest.mark.parametrize("pieces", [(1, 1), (5, 10), (21, 10), (100, 1)])
def test_what_is_no_age_file_is_refused_however_small_its_pieces(uploads, pieces):
    token, offset = uploads.create(None), 0
    wrong = b"age-encryption.org/v2\nOggS and a voice in the clear" * 4

    def go_on():
        nonlocal offset
        for size in pieces * 20:
            offset = send(uploads, token, wrong[offset : offset + size], offset)

    with pytest.raises(HeaderError):
        go_on()
    assert offset < 22
    with pytest.raises(MissingError):
        uploads.status(token)


def test_a_half_filled_upload_tells_nothing_to_who_has_only_the_disk(uploads, tmp_path):
    token = uploads.create(len(SEALED))
    send(uploads, token, SEALED[:200_000])
    (folder,) = (tmp_path / "uploads").iterdir()
    lying = b"".join(path.read_bytes() for path in folder.iterdir())

    assert PLAIN[:64] not in lying
    assert token.encode() not in lying
    assert token not in str(folder)


@pytest.mark.parametrize("offset", [1, 999, 1001, -1, 10**15])
def test_a_wrong_offset_is_refused(uploads, offset):
    token = uploads.create(len(SEALED))
    send(uploads, token, SEALED[:1000])

    with pytest.raises(OffsetMismatchError):
        send(uploads, token, SEALED[1000:], offset)
    assert uploads.status(token).offset == 1000


def test_too_much_is_refused(uploads):
    token = uploads.create(10)
    with pytest.raises(UploadTooLargeError):
        send(uploads, token, SEALED)
    with pytest.raises(UploadTooLargeError):
        uploads.append(token, 0, io.BytesIO(SEALED), None)
    for length in (41 << 20, -1):
        with pytest.raises(UploadTooLargeError):
            uploads.create(length)


def test_a_declared_length_stays(uploads):
    token = uploads.create(None)
    send(uploads, token, SEALED[:10])
    uploads.declare_length(token, 20)

    with pytest.raises(OffsetMismatchError):
        uploads.declare_length(token, 21)
    with pytest.raises(OffsetMismatchError), uploads.taking(token):
        pass
    assert uploads.status(token).length == 20


@pytest.mark.parametrize(
    "token", ["", "a" * 43, "../" * 14 + "a", "é" * 43, "a" * 4000]
)
def test_unknown_and_malformed_tokens_are_missing(uploads, token):
    def take(each):
        with uploads.taking(each):
            pass

    for act in (uploads.status, take, lambda t: send(uploads, t, b"a")):
        with pytest.raises(MissingError):
            act(token)


def test_two_writers_at_once_are_told_apart(uploads, tmp_path):
    token = uploads.create(10)
    (folder,) = (tmp_path / "uploads").iterdir()
    other = os.open(folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)

    with pytest.raises(UploadBusyError):
        send(uploads, token, b"a")
    os.close(other)
    assert send(uploads, token, b"a") == 1


def test_a_full_disk_loses_nothing_acknowledged(uploads, tmp_path):
    """A limit on file sizes is a full disk that every machine has."""
    import resource
    import signal

    token = uploads.create(len(SEALED))
    send(uploads, token, SEALED[:50_000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StorageFullError):
            send(uploads, token, SEALED[50_000:], 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)

    reached = uploads.status(token).offset
    assert reached == 100_000
    assert not list(tmp_path.rglob(f"*{PARTIAL}"))
    assert send(uploads, token, SEALED[reached:], reached) == len(SEALED)
    with uploads.taking(token) as kept:
        assert kept.digest == sha256(SEALED).hexdigest()


def test_what_is_discarded_or_forgotten_is_gone(uploads, blobs, tmp_path):
    kept, dropped, old = (uploads.create(len(SEALED)) for _ in range(3))
    for token in (kept, dropped, old):
        send(uploads, token, SEALED)
    with uploads.taking(kept) as found:
        pass

    uploads.discard(dropped)
    assert found.blob_key in set(blobs.keys())
    now = max(p.stat().st_mtime for p in (tmp_path / "uploads").rglob("*"))
    assert uploads.sweep(3600, now + 3599) == 0
    assert uploads.sweep(3600, now + 3601) == 1
    assert list((tmp_path / "uploads").iterdir()) == []


@settings(max_examples=40)
@given(st.integers(0, len(SEALED)))
def test_of_what_was_cut_off_every_whole_chunk_is_kept(tmp_path_factory, length):
    folder = tmp_path_factory.mktemp("cut")
    blobs = Blobs(folder / "blobs")
    uploads = Uploads(folder / "uploads", blobs, 40 << 20)
    token = uploads.create(length)
    if length:
        send(uploads, token, SEALED[:length])
    whole = (length - HEADER) // (CHUNK + 16) if length < len(SEALED) else 5

    if length < HEADER:
        with pytest.raises(HeaderError), uploads.taking(token, CutOff(KEY)):
            pass
        return
    with uploads.taking(token, CutOff(KEY)) as kept:
        assert opened(blobs, kept) == PLAIN[: whole * CHUNK]


def pending(start, plain, key=KEY):
    return seal(start.to_bytes(8) + plain, [key.recipient])


@settings(max_examples=40)
@given(
    st.integers(0, 4),
    st.lists(st.integers(1, 30_000), max_size=6),
    st.randoms(use_true_random=False),
)
def test_what_was_no_chunk_yet_is_kept_too(tmp_path_factory, chunks, sizes, random):
    """Pieces of before the last whole chunk may lie there still, in any order."""
    folder = tmp_path_factory.mktemp("cut")
    blobs = Blobs(folder / "blobs")
    uploads = Uploads(folder / "uploads", blobs, 40 << 20)
    cut = SEALED[: HEADER + chunks * (CHUNK + 16)]
    token = uploads.create(len(cut))
    send(uploads, token, cut)
    at = max(0, chunks * CHUNK - 40_000)
    pieces = []
    for size in sizes:
        pieces.append((at, PLAIN[at : at + size]))
        at += size
    reached = max([chunks * CHUNK, min(at, len(PLAIN))]) if pieces else chunks * CHUNK
    lying = [pending(start, piece) for start, piece in pieces if piece]
    lying += [
        pending(len(PLAIN) * 2, b"after a gap"),
        pending(0, b"another's", HybridIdentity.generate()),
        b"age-encryption.org/v1\nhalf written",
        b"",
    ]
    random.shuffle(lying)

    with uploads.taking(token, CutOff(KEY, lying)) as kept:
        assert opened(blobs, kept) == PLAIN[:reached]


def test_damage_in_the_middle_is_no_cut(uploads):
    broken = bytearray(SEALED)
    broken[-200_000] ^= 1
    token = uploads.create(len(broken))
    send(uploads, token, bytes(broken))

    with pytest.raises(DamagedError), uploads.taking(token, CutOff(KEY)):
        pass
