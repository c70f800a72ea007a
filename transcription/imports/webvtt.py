"""Reads WebVTT as other tools write it: speakers and languages, no other markup."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transcription.errors import FormatError
from transcription.formats.cues import one_line
from transcription.imports.cue_lines import ARROW, Cue, times_of
from transcription.imports.text import in_language, text_of, transcript_of
from transcription.transcript import UNDETERMINED, Segment, Transcript

_TAG = re.compile(r"<(/?)([A-Za-z]*)(?:\.[^\s<>]*)?(?:\s([^<>]*))?/?>|<[0-9:.]+>")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_ENDLESS = re.compile(r"&#[0-9]{8,};?")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z0-9-]{2,35})\s*")


def from_vtt(data: bytes) -> Transcript:
    """Return its words; raises FormatError."""
    lines = text_of(data).split("\n")
    if re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) is None:
        raise FormatError("not WebVTT")
    found = transcript_of(segment for cue in _cues(lines) for segment in _segments(cue))
    return in_language(found, _header_language(lines), UNDETERMINED)


def _header_language(lines: list[str]) -> str:
    for line in lines[1:]:
        if not line.strip():
            break
        if found := _LANGUAGE.fullmatch(line):
            return found[1]
    return UNDETERMINED


def _cues(lines: list[str]) -> Iterator[Cue]:
    place, last = 1, len(lines)
    while place < last:
        if _COMMENT.match(lines[place]):
            place = _behind(lines, place + 1)
            continue
        if ARROW not in lines[place]:
            # A cue's name stands alone before its times.
            place += 1
            continue
        start, end = times_of(lines[place])
        after = _behind(lines, place + 1)
        yield Cue(start, end, "\n".join(lines[place + 1 : after]))
        place = after


def _behind(lines: list[str], place: int) -> int:
    while place < len(lines) and lines[place].strip() and ARROW not in lines[place]:
        place += 1
    return place


@dataclass
class _Said:
    """What one voice says in a cue, and in which languages."""

    speaker: str
    text: list[str] = field(default_factory=list)
    languages: set[str] = field(default_factory=set)


def _segments(cue: Cue) -> Iterator[Segment]:
    for said in _voices(cue.text):
        text = one_line("".join(said.text))
        if not text:
            continue
        mixed = len(said.languages) > 1
        language = UNDETERMINED if mixed else next(iter(said.languages))
        yield Segment(
            cue.start, cue.end, text, language, mixed=mixed, speaker=said.speaker
        )


def _voices(text: str) -> Iterator[_Said]:
    said, languages = _Said(""), [UNDETERMINED]
    place = 0
    for tag in _TAG.finditer(text):
        _say(said, text[place : tag.start()], languages[-1])
        place = tag.end()
        closing, name, more = tag[1], tag[2], _decoded(tag[3] or "")
        if name == "br":
            said.text.append(" ")
        elif name == "v":
            yield said
            said = _Said("" if closing else one_line(more))
        elif name == "lang" and not closing:
            languages.append(one_line(more) or UNDETERMINED)
        elif name == "lang" and len(languages) > 1:
            languages.pop()
    _say(said, text[place:], languages[-1])
    yield said


def _say(said: _Said, text: str, language: str) -> None:
    said.text.append(_decoded(text))
    if text.strip():
        said.languages.add(language)


def _decoded(text: str) -> str:
    # Python makes no number of thousands of digits; no letter has more than seven.
    return html.unescape(_ENDLESS.sub("\ufffd", text))
