"""Where a copy that someone may hear has nothing to hear."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from consent.levels import Level
from consent.timeline import Span, Timeline


@dataclass(frozen=True)
class Hole:
    """A withheld span, on the original's clock: silence as long as it, or no time.

    Where it is `removed`, not even its length can be heard.
    """

    span: Span
    removed: bool = False


def holes_of(
    withheld: Sequence[Span], removed: Iterable[Span] = ()
) -> tuple[Hole, ...]:
    """Return what is withheld as holes, in order; their time goes where `removed` is.

    `withheld` is in order and does not overlap, as `Timeline.below` gives it.
    """
    gone = Timeline.within(removed, Level.NOTHING, Level.IMAGE)
    return tuple(hole for span in withheld for hole in _parted(span, gone))


def _parted(span: Span, gone: Timeline) -> Iterator[Hole]:
    for piece, level in gone.spans():
        start = max(piece.start, span.start)
        ends = [each for each in (piece.end, span.end) if each is not None]
        end = min(ends, default=None)
        if end is None or start < end:
            yield Hole(Span(start, end), level is Level.NOTHING)
