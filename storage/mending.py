"""Makes a whole age file of one that was cut off while it was written."""

from typing import BinaryIO

from storage.hashed_output import Sink
from storage.identities import KeyIdentity
from storage.reading import read_in_order
from storage.sealing import SealingWriter


def mend(source: BinaryIO, key: KeyIdentity, sink: Sink) -> int:
    """Seal anew every whole chunk of a file that ends too soon; return their bytes.

    Raise `DamagedError` for a chunk in its middle that is not the one sealed there.
    """
    size = 0
    writer = SealingWriter(sink, [key.recipient])
    for chunk in read_in_order(source, [key], cut_off=True):
        writer.write(chunk)
        size += len(chunk)
    writer.close()
    return size
