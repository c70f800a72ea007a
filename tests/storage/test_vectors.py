"""The published test vectors of the age format; see tests/data/cctv-age/README.md."""

import io
import zlib
from dataclasses import dataclass
from hashlib import sha256

import pytest

from storage.errors import (
    DamagedError,
    ForgedHeaderError,
    HeaderError,
    NoMatchError,
    StorageError,
)
from storage.identities import Passphrase, parse_identity
from storage.reading import read_in_order
from storage.stream import CHUNK
from storage.unsealing import UnsealingReader
from tests.conftest import DATA

PATHS = sorted((DATA / "cctv-age" / "testdata").iterdir())
BINARY = [path.name for path in PATHS if not path.name.startswith("armor_")]
ARMOURED = [path.name for path in PATHS if path.name.startswith("armor_")]
FAILURES = {
    "no match": NoMatchError,
    "HMAC failure": ForgedHeaderError,
    "header failure": HeaderError,
    "payload failure": DamagedError,
}
KNOWN = {
    "expect",
    "payload",
    "file key",
    "identity",
    "passphrase",
    "compressed",
    "armored",
    "comment",
}


@dataclass
class Vector:
    """One vector; `payload` is the SHA-256 of all that may come out."""

    expect: str
    payload: str | None
    armoured: bool
    identities: list
    sealed: bytes


def vector(name):
    head, _, sealed = (
        (DATA / "cctv-age" / "testdata" / name).read_bytes().partition(b"\n\n")
    )
    lines = [line.split(": ", 1) for line in head.decode().splitlines()]
    said = dict(lines)
    assert set(said) <= KNOWN
    if said.get("compressed") == "zlib":
        sealed = zlib.decompress(sealed)
    return Vector(
        expect=said["expect"],
        payload=said.get("payload"),
        armoured=said.get("armored") == "yes",
        identities=[
            parse_identity(value) if key == "identity" else Passphrase(value)
            for key, value in lines
            if key in {"identity", "passphrase"}
        ],
        sealed=sealed,
    )


def in_order(given):
    yield from read_in_order(io.BytesIO(given.sealed), given.identities)


def by_seeking(given):
    reader = UnsealingReader(io.BytesIO(given.sealed), given.identities)
    while piece := reader.read(CHUNK):
        yield piece


def result(pieces):
    """Return all that came out, and the error's kind that ended it, if any."""
    found = b""
    try:
        for piece in pieces:
            found += piece
    except StorageError as error:
        return found, type(error)
    return found, None


def test_all_vectors_are_here():
    assert (len(BINARY), len(ARMOURED)) == (110, 33)
    assert [name for name in BINARY if vector(name).armoured] == []


@pytest.mark.parametrize("name", BINARY)
def test_read_in_order_every_vector_ends_as_it_must(name):
    given = vector(name)

    found, error = result(in_order(given))

    if given.expect == "success":
        assert error is None
    else:
        assert issubclass(error, FAILURES[given.expect])
        assert issubclass(error, ForgedHeaderError) == (given.expect == "HMAC failure")
    if given.payload:
        assert sha256(found).hexdigest() == given.payload
    else:
        assert found == b""


@pytest.mark.parametrize("name", BINARY)
def test_read_at_any_place_every_vector_ends_in_the_same_way(name):
    """It checks the end before the beginning, so it may give less before it refuses."""
    given = vector(name)
    whole, kind = result(in_order(given))

    found, error = result(by_seeking(given))

    if given.expect == "payload failure":
        assert issubclass(error, DamagedError)
        assert whole.startswith(found)
    else:
        assert (found, error) == (whole, kind)


@pytest.mark.parametrize("name", ARMOURED)
def test_armour_is_no_format_of_ours(name):
    given = vector(name)

    assert result(in_order(given)) == (b"", HeaderError)
    assert result(by_seeking(given)) == (b"", HeaderError)
