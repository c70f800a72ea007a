"""Blobs in a folder and in a bucket: the same tests for both.

A bucket of one's own is tried by `RESGUARDO_TEST_S3=s3://BUCKET/PREFIX` and `AWS_*`.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from storage.blob_places import place_at
from storage.blobs import Blobs, name_of, new_key
from storage.errors import (
    BadKeyError,
    DamagedError,
    HeaderError,
    MissingError,
    StoreUnavailableError,
)
from storage.identities import X25519Identity
from storage.sealing import SealingWriter, seal
from storage.unsealing import UnsealingReader

PART = 8 << 20


@pytest.fixture
def folder(tmp_path):
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def bucket(bucket_address):
    return Blobs(bucket_address)


OWN = os.environ.get("RESGUARDO_TEST_S3")


@pytest.fixture(params=["folder", "bucket", *([OWN] if OWN else [])])
def blobs(request):
    if request.param == OWN:
        return Blobs(OWN)
    return request.getfixturevalue(request.param)


def test_a_blob_comes_back_as_it_went_in(blobs):
    key = new_key()

    blobs.put(key, b"sealed")

    with blobs.open(key) as blob:
        assert (blob.read(), blob.read(), blobs.size(key)) == (b"sealed", b"", 6)
    assert key in set(blobs.keys())


@pytest.mark.parametrize("size", [1, 65535, 65536, 65537, PART, PART + 1, 2 * PART + 5])
def test_every_size_comes_back_read_at_any_place(blobs, size):
    sealed = secrets.token_bytes(size)
    with blobs.open_new() as writer:
        for start in range(0, size, 1 << 20):
            writer.write(memoryview(sealed)[start : start + (1 << 20)])
        writer.commit()

    with blobs.open(writer.key) as blob:
        assert blob.seek(0, os.SEEK_END) == size
        for start in {0, 1, size // 2, size - 1, size, size + 9}:
            blob.seek(start)
            assert blob.read(1 << 17) == sealed[start : start + (1 << 17)]
            assert blob.tell() == max(start, min(start + (1 << 17), size))


def test_a_buffer_may_be_used_again_once_it_is_written(blobs):
    pieces = [bytes([number]) * (1 << 20) for number in range(40)]
    buffer = bytearray(1 << 20)
    with blobs.open_new() as writer:
        for piece in pieces:
            buffer[:] = piece
            writer.write(memoryview(buffer))
        buffer[:] = bytes(1 << 20)
        writer.commit()

    with blobs.open(writer.key) as blob:
        assert all(blob.read(1 << 20) == piece for piece in pieces)


def test_what_is_sealed_into_a_store_opens_from_it(blobs):
    identity = X25519Identity.generate()
    plain = secrets.token_bytes(3 * 65536 + 17)
    with blobs.open_new() as blob:
        writer = SealingWriter(blob, [identity.recipient])
        writer.write(plain)
        writer.close()
        blob.commit()

    with blobs.open(blob.key) as source:
        reader = UnsealingReader(source, [identity])
        assert (reader.pin, reader.read()) == (writer.pin, plain)


@pytest.mark.parametrize("size", [4, PART + 1])
def test_what_was_not_committed_is_gone(blobs, size):
    before = set(blobs.keys())
    with blobs.open_new() as left:
        left.write(bytes(size))
    with suppress(RuntimeError), blobs.open_new() as broken:
        broken.write(bytes(size))
        raise RuntimeError

    assert set(blobs.keys()) == before
    for writer in (left, broken):
        with pytest.raises(MissingError):
            blobs.open(writer.key)


def test_deleting_twice_is_no_error(blobs):
    key = new_key()
    blobs.put(key, b"sealed")

    blobs.delete(key)
    blobs.delete(key)

    with pytest.raises(MissingError):
        blobs.open(key)
    with pytest.raises(MissingError):
        blobs.size(key)


@pytest.mark.parametrize("name", ["", "..", "../" * 9 + "etc/passwd", "A" * 32])
def test_nothing_but_a_key_becomes_a_name(blobs, name):
    for use in (blobs.open, blobs.size, blobs.delete):
        with pytest.raises(BadKeyError):
            use(name)


def test_nothing_is_left_of_a_folder_but_its_blobs(folder, tmp_path):
    with folder.open_new() as writer:
        writer.write(bytes(PART + 1))
    key = new_key()
    folder.put(key, b"sealed")

    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]

    assert files == [tmp_path / "blobs" / name_of(key)]


def test_a_blob_cut_short_is_damaged(folder, tmp_path):
    identity = X25519Identity.generate()
    key, gone = new_key(), new_key()
    for name in (key, gone):
        folder.put(name, seal(bytes(1 << 20), [identity.recipient]))

    with folder.open(key) as blob:
        reader = UnsealingReader(blob, [identity])
        os.truncate(tmp_path / "blobs" / name_of(key), 1000)
        with pytest.raises(DamagedError):
            reader.read()
    os.truncate(tmp_path / "blobs" / name_of(gone), 0)
    with folder.open(gone) as blob, pytest.raises(HeaderError):
        UnsealingReader(blob, [identity])


def test_a_blob_cut_short_in_a_bucket_is_damaged(bucket):
    key = new_key()
    bucket.put(key, bytes(1 << 20))

    with bucket.open(key) as blob:
        bucket.put(key, bytes(1000))
        blob.seek(1 << 19)
        with pytest.raises(DamagedError):
            blob.read(1 << 17)


FILL = """
import resource, sys
from pathlib import Path
from storage.blobs import Blobs
from storage.errors import StorageFullError
blobs = Blobs(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
for size in (2 << 20, 20 << 20):
    try:
        with blobs.open_new() as writer:
            writer.write(bytes(size))
            writer.commit()
    except StorageFullError:
        print("full")
"""


def test_a_full_disk_is_said_to_be_one(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["full", "full"]
    assert list(Blobs(tmp_path).keys()) == []


WRITE = """
import os, sys
from storage.blobs import Blobs
from pathlib import Path
blobs = Blobs(Path(sys.argv[1]))
while True:
    with blobs.open_new() as writer:
        for _ in range(9):
            writer.write(os.urandom(1 << 20))
        writer.commit()
        print(writer.key, flush=True)
"""


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path):
    acknowledged = set()
    for delay in (0.3, 0.37, 0.5, 0.61):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        acknowledged.add(child.stdout.readline().strip())
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        acknowledged.update(line.strip() for line in child.stdout)
        child.stdout.close()
        child.wait()

    blobs = Blobs(tmp_path)
    assert acknowledged <= set(blobs.keys())
    assert {blobs.size(key) for key in acknowledged} == {9 << 20}
    broken_off = len(list(tmp_path.glob("*/*#*")))
    assert blobs.discard_unfinished(3600) == 0
    assert blobs.discard_unfinished(0) == broken_off
    assert {path.name for path in tmp_path.glob("*/*")} == set(blobs.keys())


def test_a_store_that_does_not_answer_is_said_so_soon(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    nowhere = Blobs("s3://archive/blobs")
    began = time.monotonic()

    with pytest.raises(StoreUnavailableError):
        nowhere.open(new_key())
    with pytest.raises(StoreUnavailableError):
        nowhere.put(new_key(), b"sealed")
    assert time.monotonic() - began < 20


def test_a_bucket_that_is_not_there_is_not_an_empty_one(bucket_address):
    elsewhere = Blobs(bucket_address.replace("s3://", "s3://no-such-", 1))

    with pytest.raises((StoreUnavailableError, MissingError)):
        elsewhere.put(new_key(), b"sealed")


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///x", "s3://a?b", "s3://k:s@a/b", "ftp://a", "http://a/b"]
)
def test_what_is_no_place_is_refused(address):
    with pytest.raises(ValueError, match=r".*"):
        place_at(address)
