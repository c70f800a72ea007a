"""Copies with holes: how their holes are written down, and how their clock runs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from archive.audit import Span as Stretch
from consent.holes import Hole
from consent.parts import CUT_BEFOREHAND, Part
from consent.timeline import Span
from transcription.cutting import CopyClock, Cut, normalised
from transcription.transcript import Segment, Transcript

LONGEST_NAME = 1 << 17


def name_of(holes: Sequence[Hole]) -> str | None:
    """Write holes down, the same always alike; a copy without any has no such name."""
    if not holes:
        return None
    told = [[each.span.start, each.span.end, int(each.removed)] for each in holes]
    return json.dumps(told, separators=(",", ":"))


def holes_named(name: str | None) -> tuple[Hole, ...]:
    """Read what `name_of` wrote; raise `ValueError` for anything else."""
    if name is None:
        return ()
    found = json.loads(name) if len(name) <= LONGEST_NAME else None
    if not isinstance(found, list):
        raise ValueError("holes")  # noqa: TRY004 - one error for all nonsense
    holes = tuple(Hole(Span(start, end), bool(gone)) for start, end, gone in found)
    if name_of(holes) != name:
        raise ValueError("holes")
    return holes


def copy_named(part: Part, holes: Sequence[Hole]) -> str | None:
    """Return the name of the copy of a part that has such holes."""
    return name_of(holes) if part in CUT_BEFOREHAND else None


def cuts_for(holes: Iterable[Hole]) -> tuple[Cut, ...]:
    """Return holes as cuts that can be made in a recording."""
    told = ((each.span.start, each.span.end, each.removed) for each in holes)
    return normalised(Cut(start, end, removed) for start, end, removed in told)


def holes_cut(cuts: Iterable[Cut]) -> tuple[Hole, ...]:
    """Return cuts that were made as holes."""
    return tuple(Hole(Span(each.start_ms, each.end_ms), each.removed) for each in cuts)


def clock_of(holes: Iterable[Hole]) -> CopyClock:
    """Return where a moment of the original is in a copy with holes, and back."""
    return CopyClock(cuts_for(holes))


def heard_of(
    stretch: Stretch, cuts: tuple[Hole, ...], duration: float
) -> tuple[Stretch, ...]:
    """Return which of the original was heard in a stretch of a copy with cuts.

    `duration` is the original's, in milliseconds: the copy's bytes are taken to last
    alike. What is silent there was not heard.
    """
    clock = clock_of(cuts)
    lasts = clock.to_copy(duration)
    if not cuts or duration <= 0 or lasts <= 0 or stretch.total <= 0:
        return (stretch,)
    whole = int(duration)
    start, end = (
        clock.to_original(each * lasts / stretch.total)
        for each in (stretch.start, stretch.end)
    )
    found, since = [], int(start)
    for hole in cuts:
        until = min(hole.span.start, int(end))
        if since < until:
            found.append(Stretch(since, until, whole))
        since = max(since, whole if hole.span.end is None else hole.span.end)
    if since < int(end):
        found.append(Stretch(since, min(int(end), whole), whole))
    return tuple(found)


def timed_as(words: Transcript, cuts: tuple[Hole, ...]) -> Transcript:
    """Return words with the times that they have in a copy with cuts, in seconds."""
    if not any(each.removed for each in cuts):
        return words
    clock = clock_of(cuts)

    def moved(seconds: float) -> float:
        return round(clock.to_copy(seconds * 1000) / 1000, 3)

    def shifted(segment: Segment) -> Segment:
        return replace(
            segment,
            start=moved(segment.start),
            end=moved(segment.end),
            words=tuple(
                replace(word, start=moved(word.start), end=moved(word.end))
                for word in segment.words
            ),
        )

    return replace(
        words,
        segments=tuple(map(shifted, words.segments)),
        duration=moved(words.duration),
    )
