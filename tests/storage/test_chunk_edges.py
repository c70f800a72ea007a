"""age v1 payloads round every edge of chunks and blocks: written, read, cut, extended."""

import io
import os
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import DamagedError, StorageError, TruncatedError
from storage.identities import X25519Identity
from storage.reading import read_in_order
from storage.sealing import SealingWriter, seal
from storage.stream import CHUNK, SEALED_CHUNK, TAG
from storage.unsealing import UnsealingReader, unseal

KEY = X25519Identity.generate()
CHUNKS = 18
"""More than go into a block of sealed bytes."""

PLAIN = os.urandom(CHUNKS * CHUNK + 2)
SEALED = seal(PLAIN, [KEY.recipient])
START = len(SEALED) - CHUNKS * SEALED_CHUNK - 2 - TAG
sizes = st.builds(
    lambda chunks, more: max(chunks * CHUNK + more, 0),
    st.integers(0, CHUNKS),
    st.integers(-2, 2),
)
lengths = st.one_of(sizes, st.integers(1, 3 * CHUNK))


def in_order(sealed):
    return b"".join(read_in_order(io.BytesIO(sealed), [KEY]))


@given(sizes, st.lists(lengths, max_size=6))
def test_any_size_written_in_any_pieces_comes_back_both_ways(size, pieces):
    sink, plain = io.BytesIO(), memoryview(PLAIN)[:size]
    writer = SealingWriter(sink, [KEY.recipient])

    rest = plain
    for piece in [*pieces, size]:
        assert writer.write(rest[:piece]) == len(rest[:piece])
        rest = rest[piece:]
    writer.close()

    sealed = sink.getvalue()
    assert unseal(sealed, [KEY]) == in_order(sealed) == plain
    assert (writer.digest, writer.sealed_size) == (
        sha256(sealed).hexdigest(),
        len(sealed),
    )
    assert UnsealingReader(io.BytesIO(sealed), [KEY]).pin == writer.pin


@given(st.lists(st.tuples(sizes, lengths), min_size=1, max_size=5))
def test_any_ranges_in_any_order_are_the_slices(ranges):
    reader = UnsealingReader(io.BytesIO(SEALED), [KEY])
    for start, length in ranges:
        reader.seek(start)
        assert reader.read(length) == PLAIN[start : start + length]
        assert reader.tell() == min(start + length, len(PLAIN))

        buffer = bytearray(length)
        reader.seek(start)
        assert buffer[: reader.readinto(buffer)] == PLAIN[start : start + length]


@given(sizes, st.integers(1, 3 * CHUNK))
def test_a_buffer_over_the_reader_reads_on_from_any_place(start, buffer_size):
    reader = UnsealingReader(io.BytesIO(SEALED), [KEY])
    with io.BufferedReader(reader, buffer_size) as buffered:
        buffered.seek(start)

        assert buffered.read(3) == PLAIN[start : start + 3]
        assert buffered.read() == PLAIN[start + 3 :]


@given(st.integers(0, CHUNKS), st.integers(-TAG - 1, TAG + 1))
def test_a_file_cut_at_any_edge_is_refused_before_a_byte_is_read(chunks, more):
    length = START + chunks * SEALED_CHUNK + more

    with pytest.raises(StorageError):
        UnsealingReader(io.BytesIO(SEALED[:length]), [KEY])
    with pytest.raises(StorageError):
        in_order(SEALED[:length])


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 4 * CHUNK, 16 * CHUNK])
@pytest.mark.parametrize("more", [1, TAG, TAG + 1, SEALED_CHUNK])
def test_a_file_made_longer_at_any_edge_is_refused(size, more):
    longer = seal(PLAIN[:size], [KEY.recipient]) + bytes(more)

    with pytest.raises(DamagedError):
        UnsealingReader(io.BytesIO(longer), [KEY])
    with pytest.raises(DamagedError):
        in_order(longer)


@given(st.integers(0, CHUNKS - 1), st.integers(0, CHUNKS - 1))
def test_a_chunk_in_the_place_of_another_is_refused(here, there):
    changed = bytearray(SEALED)
    taken = SEALED[START + there * SEALED_CHUNK :][:SEALED_CHUNK]
    changed[START + here * SEALED_CHUNK : START + (here + 1) * SEALED_CHUNK] = taken
    reader = UnsealingReader(io.BytesIO(changed), [KEY])

    if here == there:
        assert reader.read() == PLAIN
    else:
        with pytest.raises(DamagedError):
            reader.read()
        reader.seek(here * CHUNK)
        buffer = bytearray(CHUNK)
        with pytest.raises(DamagedError):
            reader.readinto(buffer)
        assert buffer == bytes(CHUNK)


def test_a_file_that_is_cut_while_it_is_read_is_truncated():
    source = io.BytesIO(SEALED)
    reader = UnsealingReader(source, [KEY])
    source.truncate(START + SEALED_CHUNK + 100)

    assert reader.read(CHUNK) == PLAIN[:CHUNK]
    with pytest.raises(TruncatedError):
        reader.read(CHUNK)
