"""Makes a whole age file of one that was cut off while it was written."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from storage.errors import StorageError
from storage.hashed_output import Sink
from storage.identities import KeyIdentity
from storage.reading import read_in_order
from storage.sealing import SealingWriter

_POSITION = 8
"""Bytes before what a pending piece holds: where it belongs, in network order."""


@dataclass(frozen=True)
class CutOff:
    """What opens a file that was cut off, and what had not become a chunk of it yet.

    A chunk is sealed when it is full, which takes some ten seconds of speech. What
    comes meanwhile is kept in small age files of its own: `pending`, in any order.
    """

    key: KeyIdentity
    pending: Sequence[bytes] = field(default=(), repr=False)


def mend(source: BinaryIO, cut_off: CutOff, sink: Sink) -> tuple[SealingWriter, int]:
    """Seal anew every whole chunk, and what was pending.

    Return the closed writer, and how many plain bytes there were. Raise
    `DamagedError` for a chunk in its middle that is not the one sealed there.
    """
    key = cut_off.key
    writer = SealingWriter(sink, [key.recipient])
    size = 0
    for chunk in read_in_order(source, [key], cut_off=True):
        size += writer.write(chunk)
    for position, piece in sorted(_opened(cut_off)):
        if position <= size < position + len(piece):
            size += writer.write(piece[size - position :])
    writer.close()
    return writer, size


def _opened(cut_off: CutOff) -> Iterable[tuple[int, bytes]]:
    for sealed in cut_off.pending:
        try:
            plain = b"".join(read_in_order(io.BytesIO(sealed), [cut_off.key]))
        except StorageError:
            # Written at the very moment when the power went.
            continue
        yield int.from_bytes(plain[:_POSITION]), plain[_POSITION:]
