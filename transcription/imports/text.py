"""Bytes from outside into lines, within bounds."""

import math
from collections.abc import Iterable
from dataclasses import replace

from transcription.errors import FormatError
from transcription.transcript import Segment, Transcript

MAX_BYTES = 64 << 20
MAX_SEGMENTS = 100_000
"""More than a day of speech has."""


def text_of(data: bytes) -> str:
    """Return what is UTF-8, lines ended by a newline; raises FormatError."""
    if len(data) > MAX_BYTES:
        raise FormatError("too large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The decoder's error would hold the words.
        raise FormatError("not UTF-8") from None
    if "\0" in text:
        raise FormatError("not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def transcript_of(segments: Iterable[Segment], duration: float = 0.0) -> Transcript:
    """Return segments in the order of time, as a person's words."""
    found: list[Segment] = []
    for segment in segments:
        if len(found) == MAX_SEGMENTS:
            raise FormatError("too many segments")
        found.append(segment)
    if not found:
        raise FormatError("no words in it")
    found.sort(key=lambda segment: segment.start)
    last = max(duration, *(segment.end for segment in found))
    if not math.isfinite(last):
        raise FormatError("no end")
    return Transcript(tuple(found), last)


def in_language(transcript: Transcript, code: str, instead_of: str) -> Transcript:
    """Return it with a language for the segments whose own is `instead_of`."""
    segments = tuple(
        each.in_language(code, mixed=each.mixed)
        if each.language == instead_of and not each.mixed
        else each
        for each in transcript.segments
    )
    return replace(transcript, segments=segments)
