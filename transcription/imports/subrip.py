"""Reads SubRip as other tools write it: numbers, tags and empty lines as they come."""

import re
from collections.abc import Iterator

from transcription.errors import FormatError
from transcription.formats.cues import one_line
from transcription.imports.cue_lines import ARROW, Cue, times_of
from transcription.imports.text import text_of, transcript_of
from transcription.transcript import UNDETERMINED, Segment, Transcript

_TAG = re.compile(
    r"</?(?:b|i|u|s|c|font|span)(?:\s[^<>]*)?>|\{/?[biu]\}|\{\\[^{}]*\}", re.IGNORECASE
)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_SPEAKER = re.compile(r"\[([^\[\]]{1,80})\]:\s*(.*)")
NAMED = re.compile(r"((?=[^:]*[^\W\d_]{2})[^\s:a-z][^:a-z]{1,39}):\s+(.*)")
"""A name in capitals with a colon, as typists and the viewer of OHMS have it."""


def from_srt(data: bytes) -> Transcript:
    """Return its words, whose language it cannot say; raises FormatError."""
    return transcript_of(
        segment for cue in _cues(text_of(data).split("\n")) for segment in _segment(cue)
    )


def _cues(lines: list[str]) -> Iterator[Cue]:
    times: tuple[float, float] | None = None
    held: list[str] = []
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if ARROW in line:
            if times is not None:
                yield Cue(*times, "\n".join(held))
            times, held = times_of(line), []
        elif ARROW in following and re.fullmatch(r"\s*[0-9]+\s*", line):
            # A cue's number; players do without.
            continue
        elif times is not None:
            held.append(line)
        elif line.strip():
            raise FormatError("words before any time")
    if times is not None:
        yield Cue(*times, "\n".join(held))


def _segment(cue: Cue) -> Iterator[Segment]:
    text = one_line(_TAG.sub("", _BREAK.sub(" ", cue.text)))
    speaker = ""
    if found := _SPEAKER.fullmatch(text) or NAMED.fullmatch(text):
        speaker, text = one_line(found[1]), one_line(found[2])
    if text:
        yield Segment(cue.start, cue.end, text, UNDETERMINED, speaker=speaker)
