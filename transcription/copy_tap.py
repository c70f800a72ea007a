"""Parts of a listening copy kept aside while it is written, to be heard afterwards.

A sealed copy cannot be read back by who makes it. What is kept are the finished copy's
own bytes, whole MP3 frames of it: of a long recording only what surrounds its cuts.
"""

import io
import math
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO

from typing_extensions import override

from transcription.audio import stream_samples
from transcription.encoding import BITS_A_SECOND, MP3_FRAME, RATE
from transcription.errors import Fault, MediaError
from transcription.samples import SAMPLE_RATE

if TYPE_CHECKING:
    from transcription.samples import Samples

_HEAD = 4
_FRAME_BYTES = 144 * BITS_A_SECOND // RATE
_DELAY = 1105
"""Samples that LAME and any decoder put before the first (LAME's own documentation)."""

_LEAD = 12
"""Frames before the first one wanted: each may refer to bytes of those before it."""


class CopyTap(io.RawIOBase):
    """A sink for a listening copy that hands all on to another, which stays open."""

    def __init__(
        self, sink: BinaryIO, stretches: Iterable[tuple[float, float]]
    ) -> None:
        """Take the seconds of the copy, from and to, that will be asked for."""
        super().__init__()
        self._sink = sink
        self._wanted = _joined(map(_frames, stretches))
        self._kept: dict[int, bytes] = {}
        self._rest = bytearray()
        self._frame = 0

    @property
    def seconds(self) -> float:
        """How much sound the whole frames written so far hold."""
        return self._frame * MP3_FRAME / RATE

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: object, /) -> int:
        """Write through; raises MediaError where this is no copy of ours."""
        piece = memoryview(data).tobytes()  # type: ignore[arg-type]
        self._sink.write(piece)
        self._rest += piece
        at = 0
        while len(self._rest) - at >= _HEAD:
            size = _FRAME_BYTES + _padding(self._rest[at : at + _HEAD])
            if len(self._rest) - at < size:
                break
            self._take(self._rest[at : at + size])
            at += size
        del self._rest[:at]
        return len(piece)

    def _take(self, frame: bytearray) -> None:
        place = bisect_right(self._wanted, (self._frame, math.inf)) - 1
        if place >= 0 and self._frame <= self._wanted[place][1]:
            self._kept[self._frame] = bytes(frame)
        self._frame += 1

    def heard(self, start: float, end: float) -> "Samples":
        """Decode seconds of the copy that were asked for; less where it ends."""
        import numpy as np  # noqa: PLC0415

        first, last = _frames((start, end))
        last = min(last, self._frame - 1)
        if last < first:
            return np.zeros(0, dtype=np.float32)
        frames = b"".join(self._kept[n] for n in range(first, last + 1))
        with closing(stream_samples(io.BytesIO(frames))) as blocks:
            sound = np.concatenate([block.samples for block in blocks])
        # Counted from the end: of the first frames some may not be decoded.
        until = ((last + 1) * MP3_FRAME - _DELAY) / RATE
        begin, stop = (
            len(sound) - round((until - at) * SAMPLE_RATE) for at in (start, end)
        )
        return sound[max(0, begin) : max(0, stop)]


def _frames(stretch: tuple[float, float]) -> tuple[int, int]:
    """The first frame needed to hear a stretch, and the last."""
    start, end = (round(at * RATE) + _DELAY for at in stretch)
    return max(0, start // MP3_FRAME - _LEAD), end // MP3_FRAME + 1


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _padding(head: bytearray) -> int:
    """Whether a frame is one byte longer; raises MediaError where it is none."""
    if head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the sync word
        raise MediaError(Fault.CRASHED)
    return head[2] >> 1 & 1
