"""What a copy is made without, on the original's clock; and how the copy's clock runs.

Where one cut asks for silence and another for no time at all, the time goes: it can
tell nothing that silence does not, and its length is told to nobody.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_Spans = list[tuple[float, float]]


@dataclass(frozen=True)
class Cut:
    """Half-open, in milliseconds of the original; no end is the recording's.

    Silence as long as the cut, or not even that where `removed`. A cut of no length
    hides nothing; raises ValueError where it ends before it starts, or starts before 0.
    """

    start_ms: int
    end_ms: int | None
    removed: bool = False

    def __post_init__(self) -> None:
        ended = self.end_ms is not None and self.end_ms < self.start_ms
        if self.start_ms < 0 or ended:
            raise ValueError("a cut ends after it starts, and starts at 0 or later")

    @property
    def until(self) -> float:
        """The end as a number: infinite where it is the recording's."""
        return math.inf if self.end_ms is None else self.end_ms


def normalised(cuts: Iterable[Cut], duration_ms: int | None = None) -> tuple[Cut, ...]:
    """The same cuts in order, without overlaps; touching ones of a kind are one.

    Those of no length are left out. With a duration, those beyond it are too, and one
    that reaches it goes on to the end.
    """
    given = [each for each in cuts if each.start_ms < each.until]
    removed = _joined(given, removed=True)
    silent = list(_without(_joined(given, removed=False), removed))
    last = math.inf if duration_ms is None else duration_ms
    found = sorted(
        [(*span, True) for span in removed] + [(*span, False) for span in silent]
    )
    return tuple(
        Cut(int(start), None if end >= last else int(end), gone)
        for start, end, gone in found
        if start < last
    )


def _joined(cuts: Sequence[Cut], *, removed: bool) -> _Spans:
    """The cuts of a kind as spans that do not touch, in order."""
    found: _Spans = []
    chosen = [(each.start_ms, each.until) for each in cuts if each.removed is removed]
    for start, end in sorted(chosen):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(spans: _Spans, others: _Spans) -> Iterator[tuple[float, float]]:
    """What the others leave of the spans; both in order, neither overlapping itself."""
    at = 0
    for start, end in spans:
        while at < len(others) and others[at][1] <= start:
            at += 1
        reached = start
        for other_start, other_end in others[at:]:
            if other_start >= end:
                break
            if reached < other_start:
                yield reached, other_start
            reached = other_end
        if reached < end:
            yield reached, end


@dataclass(frozen=True)
class CopyClock:
    """Where a moment of the original is in a copy, and the other way round.

    `cuts` are normalised; times in milliseconds. What was removed is one moment of the
    copy: the one in which what follows begins.
    """

    cuts: tuple[Cut, ...]

    def to_copy(self, moment: float) -> float:
        """When a moment of the original is heard, or would be."""
        gone = 0.0
        for cut in self._removed():
            if moment <= cut.start_ms:
                break
            gone += min(moment, cut.until) - cut.start_ms
        return moment - gone

    def to_original(self, moment: float) -> float:
        """When a moment of the copy was said: after what was removed there."""
        for cut in self._removed():
            if moment < cut.start_ms or cut.end_ms is None:
                break
            moment += cut.end_ms - cut.start_ms
        return moment

    def _removed(self) -> Iterator[Cut]:
        return (each for each in self.cuts if each.removed)


def kept_between(cuts: Sequence[Cut]) -> list[tuple[float, float]]:
    """The stretches that normalised cuts leave, in ms; the last may have no end."""
    edges = [0.0, *(edge for cut in cuts for edge in (cut.start_ms, cut.until))]
    edges.append(math.inf)
    return [(start, end) for start, end in list(pairwise(edges))[::2] if start < end]
