"""Word (Office Open XML), to be read and corrected; says how sure the words are."""

import io
import zipfile
from collections.abc import Iterator
from itertools import groupby

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.text.run import Run
from lxml import etree

from transcription.formats.about import About
from transcription.formats.cues import one_line, whole_seconds
from transcription.transcript import UNDETERMINED, MadeBy, Segment, Transcript

UNSURE = 0.5
"""Under this probability a word is marked."""

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_ELEMENTS = "http://purl.org/dc/elements/1.1/"
_APP = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<Properties xmlns="
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def to_docx(transcript: Transcript, about: About) -> bytes:
    """Write a document without author or moment; equal input gives equal bytes."""
    document = Document()
    title = one_line(about.title)
    if title:
        document.add_heading(title, level=0)
    _explain(document, transcript, about)
    before = ""
    for segment in transcript.segments:
        named = segment.language not in {before, UNDETERMINED}
        before = segment.language
        name = about.wording.language(segment.language) if named else ""
        _write(document, segment, one_line(name))
    package = document.part.package
    for key, relation in list(package.rels.items()):
        # The template's preview is of a page of somebody else's.
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    held = io.BytesIO()
    document.save(held)
    return _without_traces(held, title, about.wording.code)


def _explain(document: DocumentType, transcript: Transcript, about: About) -> None:
    wording = about.wording
    document.add_paragraph(_made(transcript.made_by, about))
    spoken = ", ".join(wording.language(code) for code in transcript.languages())
    if spoken:
        document.add_paragraph(one_line(wording.languages % {"languages": spoken}))
    if any(word.probability < UNSURE for s in transcript.segments for word in s.words):
        legend = document.add_paragraph().add_run(f"[{one_line(wording.unsure)}]")
        legend.italic = True
    if any(segment.suspect for segment in transcript.segments):
        document.add_paragraph(f"(?) {one_line(wording.suspect)}")
    document.add_paragraph(one_line(wording.usage))


def _made(made_by: MadeBy | None, about: About) -> str:
    if made_by is None:
        return one_line(about.wording.by_person)
    told = {"engine": made_by.engine, "model": made_by.model, "day": made_by.day}
    return one_line(about.wording.by_machine % told)


def _write(document: DocumentType, segment: Segment, language: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"[{whole_seconds(segment.start)}] ")
    if language:
        paragraph.add_run(f"({language}) ")
    speaker = one_line(segment.speaker)
    if speaker:
        paragraph.add_run(f"{speaker}: ").bold = True
    if segment.suspect:
        paragraph.add_run("(?) ")
    for text, unsure in _runs(segment):
        run = paragraph.add_run(text)
        run.italic = True if unsure or segment.suspect else None
        _in_language(run, one_line(segment.language))


def _runs(segment: Segment) -> Iterator[tuple[str, bool]]:
    """Return the words, those in doubt apart; the text alone where it was changed."""
    text = one_line(segment.text)
    if one_line(" ".join(word.text for word in segment.words)) != text:
        yield text, False
        return
    words = groupby(segment.words, key=lambda word: word.probability < UNSURE)
    for place, (unsure, group) in enumerate(words):
        held = one_line(" ".join(word.text for word in group))
        shown = f"[{held}]" if unsure and held else held
        yield (f" {shown}" if place else shown), unsure


def _in_language(run: Run, code: str) -> None:
    """Tell the spelling checker, which else marks every word."""
    if code and code != UNDETERMINED:
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), code)
        run.element.get_or_add_rPr().append(language)


def _without_traces(held: io.BytesIO, title: str, code: str) -> bytes:
    """Return the package with no clock's time, and none of its template's history."""
    ours = {"docProps/core.xml": _core(title, code), "docProps/app.xml": _APP}
    made = io.BytesIO()
    with (
        zipfile.ZipFile(held) as package,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as clean,
    ):
        for name in package.namelist():
            entry = zipfile.ZipInfo(name, _NO_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            clean.writestr(entry, ours.get(name) or package.read(name))
    return made.getvalue()


def _core(title: str, code: str) -> bytes:
    root = etree.Element(
        f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _ELEMENTS}
    )
    etree.SubElement(root, f"{{{_ELEMENTS}}}title").text = title
    etree.SubElement(root, f"{{{_ELEMENTS}}}language").text = code
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
