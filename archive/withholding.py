"""Takes out of an approved transcript what an asker is not given.

Whole segments go, since half a sentence can say what the other half was to keep; and
what is suspected to be the machine's invention goes too.
"""

from collections.abc import Sequence
from dataclasses import replace

from consent.timeline import Span
from transcription.transcript import Segment, Transcript

GUARD_MS = 250
"""How far around a withheld passage words go too: their times are not exact."""


def without(words: bytes, withheld: Sequence[Span]) -> bytes:
    """Return a transcript (JSON) without its withheld and suspect segments.

    Raise `FormatError` where it cannot be read: nothing leaves on a doubt.
    """
    found = Transcript.from_json(words.decode())
    kept = tuple(
        segment
        for segment in found.segments
        if not segment.suspect and not any(_touches(segment, s) for s in withheld)
    )
    return replace(found, segments=kept).to_json().encode()


def _touches(segment: Segment, span: Span) -> bool:
    starts = [segment.start, *(word.start for word in segment.words)]
    ends = [segment.end, *(word.end for word in segment.words)]
    start, end = min(starts) * 1000 - GUARD_MS, max(ends) * 1000 + GUARD_MS
    return span.start < end and (span.end is None or start < span.end)
