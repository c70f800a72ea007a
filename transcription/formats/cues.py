"""What the formats share: clean lines, clocks, and cues short enough to read."""

import re
from collections.abc import Iterator
from dataclasses import replace

from transcription.transcript import Segment, Transcript, Word

_LONGEST_CUE = 7.0
_LETTERS_A_CUE = 84
# XML 1.0, SubRip and WebVTT have no place for these; nor has UTF-8 for a surrogate.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


def cues(transcript: Transcript) -> Iterator[Segment]:
    """Segments cut at words into pieces short enough to read."""
    for segment in transcript.segments:
        if not segment.words:
            yield replace(segment, end=max(segment.end, segment.start))
            continue
        held = [segment.words[0]]
        for word in segment.words[1:]:
            letters = sum(len(one.text) + 1 for one in held) + len(word.text)
            if letters > _LETTERS_A_CUE or word.end - held[0].start > _LONGEST_CUE:
                yield _piece(segment, held)
                held = []
            held.append(word)
        yield _piece(segment, held)


def one_line(text: str) -> str:
    """Return text on one line, without what no format can hold."""
    return " ".join(_UNWRITABLE.sub("", text).split())


def clock(seconds: float, point: str = ".") -> str:
    """Write a time as 01:02:03.456."""
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, thousandths = divmod(thousandths, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{point}{thousandths:03}"


def whole_seconds(seconds: float) -> str:
    """Write a time as 01:02:03; what is begun is not yet over."""
    return clock(int(seconds))[:-4]


def _piece(segment: Segment, words: list[Word]) -> Segment:
    return replace(
        segment,
        start=words[0].start,
        end=max(words[-1].end, words[0].start),
        text=" ".join(word.text for word in words),
        words=tuple(words),
    )
