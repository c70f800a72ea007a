"""A transcript in the forms players, readers and archives take."""

from collections.abc import Iterator
from dataclasses import replace
from xml.sax.saxutils import escape

from transcription.transcript import UNDETERMINED, Segment, Transcript, Word

_LONGEST_CUE = 7.0
_LETTERS_A_CUE = 84


def to_vtt(transcript: Transcript) -> str:
    """WebVTT, with the language of each cue; for the browser's own player."""
    lines = ["WEBVTT", ""]
    for cue in cues(transcript):
        text = escape(_one_line(cue.text))
        if cue.language != UNDETERMINED:
            text = f"<lang {cue.language}>{text}</lang>"
        lines += [f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}", text, ""]
    return "\n".join(lines)


def to_srt(transcript: Transcript) -> str:
    """SubRip, for players that know nothing better."""
    lines: list[str] = []
    for number, cue in enumerate(cues(transcript), start=1):
        # An arrow would be read as another cue's times.
        text = _one_line(cue.text).replace("-->", "->")
        times = f"{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}"
        lines += [str(number), times, text, ""]
    return "\n".join(lines)


def to_text(transcript: Transcript) -> str:
    """Plain text, one segment a line, each with its time."""
    lines = (
        f"[{_clock(segment.start, '.')[:8]}] {_one_line(segment.text)}\n"
        for segment in transcript.segments
    )
    return "".join(lines)


def to_ohms(transcript: Transcript, title: str = "") -> str:
    """The transcript part of an OHMS record (Oral History Metadata Synchronizer).

    `sync` holds, minute by minute, the line and the word where it begins.
    """
    lines = [_one_line(segment.text) for segment in transcript.segments]
    language = ", ".join(transcript.languages())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms">\n'
        "<record>\n<version>5.4</version>\n"
        f"<title>{_xml(title)}</title>\n"
        f"<duration>{_clock(transcript.duration, '.')[:8]}</duration>\n"
        f"<language>{_xml(language)}</language>\n"
        f"<sync>1:|{_minutes(transcript)}</sync>\n"
        f"<transcript>{_xml(chr(10).join(lines))}</transcript>\n"
        "</record>\n</ROOT>\n"
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


def _piece(segment: Segment, words: list[Word]) -> Segment:
    return replace(
        segment,
        start=words[0].start,
        end=max(words[-1].end, words[0].start),
        text=" ".join(word.text for word in words),
        words=tuple(words),
    )


def _minutes(transcript: Transcript) -> str:
    marks = []
    minute = 1
    for number, segment in enumerate(transcript.segments, start=1):
        for place, word in enumerate(segment.words, start=1):
            while word.start >= minute * 60:
                marks.append(f"{number}({place})|")
                minute += 1
    return "".join(marks)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _xml(text: str) -> str:
    # XML 1.0 has no place for most control characters.
    return escape("".join(c for c in text if c >= " " or c in "\n\t"))


def _clock(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, thousandths = divmod(thousandths, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{point}{thousandths:03}"
