"""Sentences cut at their punctuation, for each may be in a language of its own."""

from collections.abc import Iterator
from dataclasses import replace

from transcription.languages import WORTH_ASKING
from transcription.transcript import Segment, Word

_ENDS = tuple(".,;:?!")


def clauses_of(segment: Segment) -> Iterator[Segment]:
    """Cut at punctuation, leaving none too short to be told apart."""
    words: list[Word] = []
    left = list(segment.words)
    while left:
        words.append(left.pop(0))
        long = words[-1].end - words[0].start >= WORTH_ASKING
        rest = bool(left) and left[-1].end - left[0].start >= WORTH_ASKING
        if not left or (words[-1].text.endswith(_ENDS) and long and rest):
            yield _with(segment, tuple(words))
            words = []


def _with(segment: Segment, words: tuple[Word, ...]) -> Segment:
    if words == segment.words:
        return segment
    return replace(
        segment,
        start=words[0].start,
        end=words[-1].end,
        text=" ".join(word.text for word in words),
        words=words,
    )
