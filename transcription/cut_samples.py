"""Cuts made in a stream of samples, before anything else hears them.

Inside a cut every sample is zero or gone. What is kept fades over 10 ms on its own side
of each edge, so that no click tells of it and nothing of the cut fades with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transcription.cutting import Cut, normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray

FADE_MS = 10
_NEVER = 1 << 62


@dataclass(frozen=True)
class _Hole:
    """A cut in samples; half-open."""

    first: int
    last: int
    removed: bool


def cut_samples(
    pieces: Iterable["NDArray[Any]"], cuts: Iterable[Cut], rate: int
) -> Iterator["NDArray[Any]"]:
    """Cut a stream of mono samples, `rate` a second; never an empty piece.

    No piece is held back. Each cut takes whole milliseconds, rounded outwards.
    """
    yield from _cut(pieces, _holes(cuts, rate), rate)


def silence_again(
    pieces: Iterable["NDArray[Any]"], cuts: Iterable[Cut], rate: int
) -> Iterator["NDArray[Any]"]:
    """Silence the holes of a stream that was cut and then changed; as long as before.

    What changes sound smears it over the edges.
    """
    shifted, gone = [], 0
    for hole in _holes(cuts, rate):
        last = hole.first if hole.removed else hole.last
        shifted.append(_Hole(hole.first - gone, last - gone, removed=False))
        gone += hole.last - hole.first if hole.removed else 0
    yield from _cut(pieces, shifted, rate)


def _holes(cuts: Iterable[Cut], rate: int) -> list[_Hole]:
    found: list[_Hole] = []
    for cut in normalised(cuts):
        first = cut.start_ms * rate // 1000
        # Cuts that touch share a boundary: no sample is counted in both.
        if found and first < found[-1].last:
            first = found[-1].last
        last = _NEVER if cut.end_ms is None else -(-cut.end_ms * rate // 1000)
        found.append(_Hole(first, last, cut.removed))
    return found


def _cut(
    pieces: Iterable["NDArray[Any]"], holes: Sequence[_Hole], rate: int
) -> Iterator["NDArray[Any]"]:
    fade = max(1, FADE_MS * rate // 1000)
    at, passed = 0, 0
    for piece in pieces:
        end = at + len(piece)
        while passed < len(holes) and holes[passed].last + fade <= at:
            passed += 1
        near = []
        for hole in holes[passed:]:
            if hole.first - fade >= end:
                break
            near.append(hole)
        made = _piece(piece, at, near, fade) if near else piece
        at = end
        if len(made):
            yield made


def _piece(
    piece: "NDArray[Any]", at: int, near: Sequence[_Hole], fade: int
) -> "NDArray[Any]":
    """What the holes near it leave of a piece that starts at a sample."""
    import numpy as np  # noqa: PLC0415

    places = np.arange(at, at + len(piece), dtype=np.int64)
    gain = np.ones(len(piece), dtype=np.float64)
    kept = np.ones(len(piece), dtype=bool)
    for hole in near:
        outside = np.maximum(hole.first - places, places - hole.last + 1)
        gain *= np.clip(outside / fade, 0.0, 1.0)
        if hole.removed:
            kept &= outside > 0
    faded = piece * gain
    if piece.dtype.kind == "i":
        faded = np.rint(faded)
    made: NDArray[Any] = faded.astype(piece.dtype)[kept]
    return made
