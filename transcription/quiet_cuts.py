"""A stream of sound in blocks that meet where it is quietest, and back again."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from transcription.samples import Samples

OVERLAP = SAMPLE_RATE // 20
"""Samples that two blocks share: 50 ms, over which one fades into the other."""

_LONGEST = 12 * SAMPLE_RATE
_EARLIEST = 6 * SAMPLE_RATE


def quiet_blocks(pieces: Iterable["Samples"]) -> Iterator[tuple["Samples", int]]:
    """Blocks of 6 to 12 s, and how many samples of each are the next one's too.

    Where a cut falls depends on the sound alone, not on how it arrives.
    """
    import numpy as np  # noqa: PLC0415

    held: list[Samples] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        while size >= _LONGEST:
            sound = np.concatenate(held)
            cut = _quietest(sound)
            yield sound[: cut + OVERLAP], OVERLAP
            held = [sound[cut:]]
            size = len(held[0])
    if size:
        yield np.concatenate(held), 0


def join_blocks(blocks: Iterable[tuple["Samples", int]]) -> Iterator["Samples"]:
    """Fade blocks into each other; as many samples as before they were cut."""
    import numpy as np  # noqa: PLC0415

    fade = np.linspace(0, 1, OVERLAP, endpoint=False, dtype=np.float32)
    tail = np.empty(0, dtype=np.float32)
    for block, shared in blocks:
        ready = block.copy()
        if len(tail):
            ready[: len(tail)] = ready[: len(tail)] * fade + tail * (1 - fade)
        tail = ready[len(ready) - shared :]
        yield ready[: len(ready) - shared]


def _quietest(sound: "Samples") -> int:
    """Where the quietest overlap in the second half of a full block begins."""
    import numpy as np  # noqa: PLC0415

    energy = np.cumsum(sound[_EARLIEST:_LONGEST].astype(np.float64) ** 2)
    spent = energy[OVERLAP:] - energy[:-OVERLAP]
    return _EARLIEST + int(spent.argmin()) + 1
