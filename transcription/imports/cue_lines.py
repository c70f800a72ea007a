"""Cues as WebVTT and SubRip both have them: times with an arrow, then lines of text."""

import re
from typing import NamedTuple

from transcription.errors import FormatError

_TIME = r"(?:([0-9]{1,4}):)?([0-5]?[0-9]):([0-5]?[0-9])(?:[.,]([0-9]{1,3}))?"
# What stands behind the times are settings of place and size.
_TIMES = re.compile(rf"\s*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
ARROW = "-->"


class Cue(NamedTuple):
    """Text with its times in seconds."""

    start: float
    end: float
    text: str


def times_of(line: str) -> tuple[float, float]:
    """Return from when to when; raises FormatError."""
    found = _TIMES.fullmatch(line)
    if found is None:
        raise FormatError("times that make no sense")
    start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
    if end == 0:
        # So OHMS writes the last cue, whose end it does not know.
        end = start
    if end < start:
        raise FormatError("an end before its start")
    return start, end


def _seconds(
    hours: str | None, minutes: str, seconds: str, fraction: str | None
) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000
