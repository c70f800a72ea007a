"""Word times that keep to the voice: a pause belongs to no word.

Whisper's alignment gives the pause before a word to the word, and ends the last word
before a pause early; where the voice begins and ends is known better.
"""

from collections.abc import Sequence
from dataclasses import replace

from transcription.transcript import Segment, Word
from transcription.windows import Span

# Seconds. The voice is noticed a little late, and gone a little early.
_LEAD = 0.05
_TRAIL = 0.08
_LEFT_BEHIND = 0.15
_CUT_SHORT = 0.5


def fit_to_voice(
    segments: Sequence[Segment], speech: Sequence[Span], length: float
) -> list[Segment]:
    """Move the times of words out of pauses; `segments` in order of time.

    Times are those of a window of `length` seconds. No word passes another, and one
    that stands where nobody speaks stays there.
    """
    words = [word for segment in segments for word in segment.words]
    starts = [_start(word, speech) for word in words]
    limits = [*starts[1:], length]
    fitted = iter(
        replace(word, start=round(start, 3), end=round(_end(word, limit, speech), 3))
        for word, start, limit in zip(words, starts, limits, strict=True)
    )
    found = []
    for segment in segments:
        own = tuple(next(fitted) for _ in segment.words)
        if own:
            found.append(
                replace(segment, start=own[0].start, end=own[-1].end, words=own)
            )
        else:
            found.append(segment)
    return found


def _start(word: Word, speech: Sequence[Span]) -> float:
    """Where the voice begins that the word ends in, if it only trails into it."""
    start = word.start
    for span in speech:
        before = _spoken(speech, word.start, span.start)
        if word.start < span.start < word.end and before < _LEFT_BEHIND:
            start = max(word.start, span.start - _LEAD)
    return start


def _end(word: Word, limit: float, speech: Sequence[Span]) -> float:
    """Where the voice ends that the word begins in, if no other word does."""
    spans = [s for s in speech if s.start < word.end and s.end > word.start]
    here = min(word.end, max(word.start, limit))
    if not spans:
        return here
    until = spans[-1].end
    if until - word.end > _CUT_SHORT or limit < until:
        return here
    return min(until + _TRAIL, limit)


def _spoken(speech: Sequence[Span], start: float, end: float) -> float:
    """Seconds of voice from `start` to `end`."""
    return sum(max(0.0, min(end, span.end) - max(start, span.start)) for span in speech)
