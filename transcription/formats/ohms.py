"""OHMS XML 5.4 (Oral History Metadata Synchronizer, Nunn Center and AVP).

A transcript there is lines of words. `sync` says, minute by minute, the line and the
word (both counted from 1) where it begins: `1:|13(3)|19(14)` is minute 1 at the third
word of line 13, minute 2 at word 14 of line 19.
"""

from collections.abc import Iterator

from lxml import etree

from transcription.formats.about import About
from transcription.formats.cues import one_line, whole_seconds
from transcription.transcript import Segment, Transcript

NAMESPACE = "https://www.weareavp.com/nunncenter/ohms"
_VERSION = "5.4"
_MINUTE = 60


def to_ohms(transcript: Transcript, about: About) -> bytes:
    """Write one record; an archive that takes it in gives it a number of its own."""
    root = etree.Element(f"{{{NAMESPACE}}}ROOT", nsmap={None: NAMESPACE})
    record = etree.SubElement(root, f"{{{NAMESPACE}}}record")
    record.set("id", "1")
    record.set("dt", about.day.isoformat())
    said = (_said(segment) for segment in transcript.segments)
    names = [about.wording.language(each) for each in transcript.languages()]
    # The order is the schema's. `date` is the interview's, which nobody told.
    for name, text in (
        ("version", _VERSION),
        ("date", None),
        ("title", one_line(about.title)),
        ("duration", whole_seconds(transcript.duration)),
        ("sync", f"1:|{_marks(transcript)}"),
        ("language", ", ".join(map(one_line, names))),
        ("transcript", "\n".join(" ".join(tokens) for tokens in said)),
        ("usage", one_line(about.wording.usage)),
        ("userestrict", "1"),
    ):
        etree.SubElement(record, f"{{{NAMESPACE}}}{name}").text = text
    return bytes(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    )


def _said(segment: Segment) -> list[str]:
    speaker, text = one_line(segment.speaker), one_line(segment.text)
    # The viewer sets off a name in capitals with a colon; its words count too.
    return [*(f"{speaker.upper()}:".split() if speaker else ()), *text.split()]


def _marks(transcript: Transcript) -> str:
    marks: list[str] = []
    for number, segment in enumerate(transcript.segments, start=1):
        for place, start in enumerate(_starts(segment), start=1):
            while start >= (len(marks) + 1) * _MINUTE:
                marks.append(f"{number}({place})|")
    return "".join(marks)


def _starts(segment: Segment) -> Iterator[float]:
    tokens, heard = len(_said(segment)), segment.words
    named = len(one_line(segment.speaker).split())
    if heard and len(heard) == tokens - named:
        yield from [heard[0].start] * named
        yield from (word.start for word in heard)
        return
    # A person changed the words: they are spread over the time of the old ones.
    length = max(segment.end - segment.start, 0.0)
    for place in range(tokens):
        yield segment.start + length * place / tokens
