"""The parts of an upload: complete age files, named by the bytes that they hold."""

import re
import secrets
from pathlib import Path
from typing import BinaryIO

from storage.durable import PARTIAL, full_disk_named, publish
from storage.identities import Recipient
from storage.sealing import SealingWriter
from storage.stream import CHUNK

PART_SIZE = 8 << 20
"""Plain bytes in a part: what a killed server can lose of an upload."""

_PART = re.compile(r"[0-9]{15}-[0-9]{15}\.age")


def append_part(
    folder: Path, recipient: Recipient, offset: int, body: BinaryIO, limit: int
) -> int:
    """Seal up to `limit` bytes of a body as one part; return how many there were.

    The part is durable when this returns; a body that breaks off ends it early.
    """
    partial = folder / f"{secrets.token_hex(8)}{PARTIAL}"
    written = 0
    try:
        with full_disk_named(), partial.open("xb") as file:
            writer = SealingWriter(file, [recipient])
            while written < limit:
                try:
                    chunk = body.read(min(CHUNK, limit - written))
                except OSError:
                    # The client is gone; what it sent before is good.
                    break
                if not chunk:
                    break
                writer.write(chunk)
                written += len(chunk)
            if written:
                writer.close()
                end = offset + written
                publish(file, partial, folder / f"{offset:015}-{end:015}.age")
    finally:
        partial.unlink(missing_ok=True)
    return written


def more_in(body: BinaryIO) -> bool:
    """Say whether a body goes on; one that broke off does not."""
    try:
        return bool(body.read(1))
    except OSError:
        return False


def parts_in(folder: Path) -> list[Path]:
    """Return the durable parts of an upload, in order."""
    return sorted(path for path in folder.iterdir() if _PART.fullmatch(path.name))


def span_of(part: Path) -> tuple[int, int]:
    """Return where a part starts and ends in the upload, in plain bytes."""
    start, _, end = part.stem.partition("-")
    return int(start), int(end)
