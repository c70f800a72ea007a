"""Cuts made a little wider, so that nothing of a withheld word is left at an edge.

A model's times are off by a tenth of a second or two, and a word is known by its first
sound or its last. So a cut takes all of a word that it touches, and a band beyond it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from transcription.cutting import Cut, normalised
from transcription.transcript import Segment, Word

GUARD_MS = 250
BLIND_MS = 500
"""Where no words are known, and so no pause between them."""

LEAST_KEPT_MS = 300
"""What is shorter between two cuts says nothing, but for a sound of what is cut."""


@dataclass(frozen=True)
class Spoken:
    """A word between two moments, in ms; what it says, and in which language."""

    start_ms: int
    end_ms: int
    text: str
    language: str


@dataclass(frozen=True)
class Edge:
    """Where a hole begins (`opens`) or ends, in ms of the original."""

    at_ms: int
    opens: bool


def spoken_words(segments: Iterable[Segment]) -> list[Spoken]:
    """The words of a transcript, in order of time.

    Those of a sentence that a person wrote have no times; its own is shared out.
    """
    found = [
        Spoken(
            round(word.start * 1000), round(word.end * 1000), word.text, word.language
        )
        for segment in segments
        for word in segment.words or _shared_out(segment)
    ]
    return sorted(found, key=lambda each: (each.start_ms, each.end_ms))


def withheld_from(words: Iterable[Spoken], cuts: Iterable[Cut]) -> frozenset[Spoken]:
    """The words that cuts touch; a word of no length where it stands."""
    holes = normalised(cuts)
    return frozenset(
        word
        for word in words
        if any(
            word.start_ms < hole.until
            and max(word.end_ms, word.start_ms + 1) > hole.start_ms
            for hole in holes
        )
    )


def widened(cuts: Iterable[Cut], words: Sequence[Spoken]) -> tuple[Cut, ...]:
    """Widen every cut into what is kept: by the guard band, to where a word ends.

    A word that is touched goes whole. Beyond it goes one more word at most on each
    side, and no part of one is left. Cuts that then touch, or nearly, become one hole.
    """
    guard = GUARD_MS if words else BLIND_MS
    return _moved(cuts, words, guard, lambda _: True)


def wider_at(
    cuts: Iterable[Cut], words: Sequence[Spoken], edges: Iterable[Edge]
) -> tuple[Cut, ...]:
    """Widen again, at these edges alone; edges are those of normalised cuts."""
    chosen = frozenset(edges)
    return _moved(cuts, words, GUARD_MS, chosen.__contains__)


def edges_of(cuts: Sequence[Cut]) -> list[Edge]:
    """Where normalised cuts meet what is kept; not 0, nor the recording's end."""
    found = []
    for place, cut in enumerate(cuts):
        before = cuts[place - 1].until if place else 0
        if before < cut.start_ms:
            found.append(Edge(cut.start_ms, opens=True))
        after = cuts[place + 1].start_ms if place + 1 < len(cuts) else None
        if cut.end_ms is not None and cut.end_ms != after:
            found.append(Edge(cut.end_ms, opens=False))
    return found


def _moved(
    cuts: Iterable[Cut],
    words: Sequence[Spoken],
    guard: int,
    wanted: Callable[[Edge], bool],
) -> tuple[Cut, ...]:
    holes = list(normalised(cuts))
    moving = [edge for edge in edges_of(holes) if wanted(edge)]
    ahead = [(each.start_ms, each.end_ms) for each in words]
    # Seen backwards in time an end is a beginning.
    behind = [(-end, -start) for start, end in ahead]
    starts = {
        e.at_ms: max(0, _before(e.at_ms, ahead, guard)) for e in moving if e.opens
    }
    ends = {e.at_ms: -_before(-e.at_ms, behind, guard) for e in moving if not e.opens}
    for place, hole in enumerate(holes):
        start = starts.get(hole.start_ms, hole.start_ms)
        end = hole.end_ms
        holes[place] = replace(
            hole, start_ms=start, end_ms=end if end is None else ends.get(end, end)
        )
    return _without_slivers(normalised(holes))


def _before(edge: int, words: Sequence[tuple[int, int]], guard: int) -> int:
    """Where a hole opens that was to open at an edge."""
    edge = min([edge, *(start for start, end in words if start < edge < end)])
    band = edge - guard
    # The nearest first; a word of no length says where, and not how long.
    touched = sorted(
        (each for each in words if each[0] < min(edge, each[1]) and each[1] > band),
        reverse=True,
    )
    if not touched:
        return band
    nearest = touched[0][0]
    if nearest <= band or len(touched) == 1:
        return min(nearest, band)
    return min(nearest, max(band, *(end for _, end in touched[1:])))


def _without_slivers(cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    """Close what is too short between two cuts, and before the first."""
    closed = list(cuts)
    reached = 0
    for place, cut in enumerate(cuts):
        if reached < cut.start_ms < reached + LEAST_KEPT_MS:
            closed[place] = replace(cut, start_ms=reached)
        reached = cut.start_ms if cut.end_ms is None else cut.end_ms
    return normalised(closed)


def _shared_out(segment: Segment) -> list[Word]:
    """Its words, each with as much of its time as it has letters."""
    texts = segment.text.split()
    if not texts:
        return []
    share = (segment.end - segment.start) / sum(len(text) + 1 for text in texts)
    found, at = [], segment.start
    for text in texts:
        end = at + share * (len(text) + 1)
        found.append(Word(at, end, text, 1.0, segment.language))
        at = end
    return found
