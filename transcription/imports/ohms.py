"""Reads the transcript of an OHMS record (form: `transcription.formats.ohms`)."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from babel import Locale
from lxml import etree

from transcription.errors import FormatError
from transcription.formats.cues import one_line
from transcription.imports.subrip import NAMED
from transcription.imports.text import (
    MAX_SEGMENTS,
    in_language,
    text_of,
    transcript_of,
)
from transcription.imports.webvtt import from_vtt
from transcription.transcript import UNDETERMINED, Segment, Transcript, Word

_SYNC = re.compile(r"\s*([0-9]{1,3})\s*:((?:[\s0-9()|])*)")
_MARK = re.compile(r"([0-9]{1,7})\(([0-9]{1,7})\)")
_DURATION = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})")
_NOTES = ("footnotes", "footnote")
_MINUTE = 60.0
_TOO_MANY_MINUTES = 100_000


def from_ohms(data: bytes) -> Transcript:
    """Return the words of its only record; raises FormatError."""
    record = _record(text_of(data))
    language = _language(_text(record, "language"))
    captions = _text(record, "vtt_transcript").strip()
    if captions:
        return in_language(from_vtt(captions.encode()), language, UNDETERMINED)
    lines = _without_notes(_text(record, "transcript")).split("\n")
    duration = _duration(_text(record, "duration"))
    times = _Times(lines, _text(record, "sync"), duration)
    return transcript_of(_segments(lines, times, language), duration)


def _record(text: str) -> etree._Element:
    # Entities come with a document type only; no record of OHMS has one.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FormatError("has a document type")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.LxmlError:
        # The parser's error would quote the words.
        raise FormatError("not XML") from None
    records = [each for each in root if etree.QName(each).localname == "record"]
    if etree.QName(root).localname != "ROOT" or len(records) != 1:
        raise FormatError("not one record of OHMS")
    return records[0]


def _text(record: etree._Element, name: str) -> str:
    for each in record:
        if etree.QName(each).localname == name:
            return "".join(map(str, each.itertext()))
    return ""


def _without_notes(text: str) -> str:
    """Return the lines with nothing between the marks of notes, none fewer."""
    for name in _NOTES:
        opening, closing = f"[[{name}]]", f"[[/{name}]]"
        kept, place = [], 0
        # Not a pattern: one that is opened ever again and never closed takes hours.
        while (start := text.find(opening, place)) >= 0:
            end = text.find(closing, start)
            if end < 0:
                break
            kept += [text[place:start], "\n" * text.count("\n", start, end)]
            place = end + len(closing)
        text = "".join([*kept, text[place:]])
    return text


def _language(name: str) -> str:
    """Return the code of a language named in English or Spanish."""
    wanted = name.strip().casefold()
    for written in ("en", "es"):
        for code, known in Locale.parse(written).languages.items():
            if wanted and wanted in {str(known).casefold(), code.casefold()}:
                return str(code).replace("_", "-")
    return UNDETERMINED


def _duration(text: str) -> float:
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return 0.0
    return int(found[1] or 0) * 3600.0 + int(found[2]) * 60 + int(found[3])


def _marks(sync: str, lines: list[str]) -> list[tuple[int, float]]:
    """Return at which word (of all, from 0) which second has begun."""
    found = _SYNC.fullmatch(sync)
    if found is None or int(found[1]) == 0:
        raise FormatError("marks that make no sense")
    before = [0]
    for line in lines:
        before.append(before[-1] + len(line.split()))
    marks: list[tuple[int, float]] = []
    for minute, mark in enumerate(found[2].split("|")[:_TOO_MANY_MINUTES]):
        # An empty place is a minute that nobody marked.
        if place := _MARK.fullmatch(mark.strip()):
            number, word = int(place[1]), int(place[2])
            if not 1 <= number <= len(lines):
                raise FormatError("a mark outside the words")
            at = before[number - 1] + max(word, 1) - 1
            marks.append((min(at, before[number]), minute * int(found[1]) * _MINUTE))
    if any(later < earlier for (earlier, _), (later, _) in pairwise(marks)):
        raise FormatError("marks in disorder")
    return marks


class _Times:
    """When each word is said: spread evenly between the marks around it."""

    def __init__(self, lines: list[str], sync: str, duration: float) -> None:
        words = sum(len(line.split()) for line in lines)
        end, marks = duration, [(0, 0.0)]
        if sync.strip():
            marks += _marks(sync, lines)
            last = marks[-1][1]
            # Less than a minute is left behind a mark, or another would follow.
            end = last + _MINUTE
            end = min(end, duration) if duration > last else end
        known = [*marks, (words, end)]
        self._places = [place for place, _ in known]
        self._seconds = [seconds for _, seconds in known]

    def of(self, word: int) -> tuple[float, float]:
        """Return when a word (counted from 0) begins and ends, in seconds."""
        # Where a place has several marks, a silence of minutes lies before it: the
        # first of them ends what was said, the last begins what comes.
        after = bisect_right(self._places, word)
        low, high = self._places[after - 1], self._places[after]
        start = self._seconds[after - 1]
        pace = (self._seconds[after] - start) / (high - low)
        return (
            round(start + pace * (word - low), 3),
            round(start + pace * (word + 1 - low), 3),
        )


def _segments(lines: list[str], times: _Times, language: str) -> Iterator[Segment]:
    place = 0
    for count, line in enumerate(lines):
        if count > MAX_SEGMENTS:
            raise FormatError("too many lines")
        tokens = line.split()
        place += len(tokens)
        found = NAMED.fullmatch(one_line(line))
        speaker, text = (found[1], found[2]) if found else ("", one_line(line))
        if not text:
            continue
        said = tokens[len(speaker.split()) :]
        first = place - len(said)
        words = tuple(
            Word(*times.of(first + n), token, 1.0, language)
            for n, token in enumerate(said)
        )
        yield Segment(
            words[0].start, words[-1].end, text, language, words, speaker=speaker
        )
