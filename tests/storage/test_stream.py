"""age v1 payloads: whole at every edge, seekable, and refused when touched."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import (
    DamagedError,
    HeaderError,
    NoMatchError,
    StorageError,
    TruncatedError,
)
from storage.identities import HybridIdentity, X25519Identity
from storage.sealing import seal
from storage.stream import SEALED_CHUNK
from storage.unsealing import UnsealingReader, unseal

KEY = X25519Identity.generate()
HYBRID = HybridIdentity.generate()
EDGES = (0, 1, 65535, 65536, 65537, 131072, 196608)
LONG = bytes(range(256)) * 800
SEALED = seal(LONG, [KEY.recipient])
PAYLOAD = SEALED.index(b"\n---") + 49 + 16


def opened(sealed, key=KEY):
    return UnsealingReader(io.BytesIO(sealed), [key])


@pytest.mark.parametrize("size", EDGES)
@pytest.mark.parametrize("key", [KEY, HYBRID], ids=["X25519", "hybrid"])
def test_what_was_sealed_comes_back_at_every_edge(size, key):
    plain = LONG[:size]
    sealed = seal(plain, [key.recipient])

    assert unseal(sealed, [key]) == plain
    assert opened(sealed, key).size == size


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(position, difference):
    changed = bytearray(SEALED)
    changed[position] ^= difference

    with pytest.raises(StorageError):
        opened(bytes(changed)).read()


@given(st.integers(0, len(SEALED) - 1))
def test_any_truncation_is_refused_before_a_byte_is_read(length):
    with pytest.raises(StorageError):
        opened(SEALED[:length])


def test_the_payload_of_another_file_is_refused():
    other = seal(LONG, [KEY.recipient])
    at = other.index(b"\n---") + 49

    with pytest.raises(DamagedError):
        opened(SEALED[: PAYLOAD - 16] + other[at:])


def test_another_identity_opens_nothing():
    with pytest.raises(NoMatchError):
        opened(SEALED, X25519Identity.generate())
    with pytest.raises(NoMatchError):
        opened(seal(b"x", [HYBRID.recipient]), HybridIdentity.generate())


def test_a_file_cut_inside_its_last_chunk_is_truncated():
    with pytest.raises(TruncatedError):
        opened(SEALED[: PAYLOAD + SEALED_CHUNK + 3])


def test_the_pin_tells_files_to_the_same_key_apart():
    assert opened(SEALED).pin != opened(seal(LONG, [KEY.recipient])).pin


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"age-encryption.org/v2\n",
        b"age-encryption.org/v1\n",
        b"age-encryption.org/v1\n--- " + b"A" * 43 + b"\n",
        b"age-encryption.org/v1\r\n-> X25519 AAAA\r\n",
        b"age-encryption.org/v1\n-> X25519\n\n--- " + b"A" * 43 + b"\n",
        b"age-encryption.org/v1\n-> X25519 AA==\nAA\n--- " + b"A" * 43 + b"\n",
        b"age-encryption.org/v1\n-> x\n" + b"A" * 70 + b"\n--- " + b"A" * 43 + b"\n",
        b"age-encryption.org/v1\n" + b"-> x\n\n" * 200_000,
        "age-encryption.org/v1\n-> ñ\n\n--- ".encode() + b"A" * 43 + b"\n",
    ],
    ids=range(10),
)
def test_a_malformed_header_is_refused(header):
    with pytest.raises((HeaderError, NoMatchError)):
        opened(header + bytes(40))


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail_otherwise(junk):
    for content in (junk, b"age-encryption.org/v1\n" + junk, SEALED[:60] + junk):
        with pytest.raises(StorageError):
            opened(content)
