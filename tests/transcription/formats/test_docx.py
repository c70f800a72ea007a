import io
import re
import time
import zipfile

import docx
from lxml import etree

from tests.transcription.formats.spoken import ABOUT, spoken, transcript
from transcription.formats.docx import to_docx
from transcription.transcript import MadeBy, Segment, Transcript, Word

MACHINE = MadeBy("faster-whisper 1", "base", "ab" * 32, {}, "2026-01-30")
WORDS = (
    Word(61.0, 61.5, "Sí,", 0.9, "es"),
    Word(61.5, 62.0, "vengo", 0.2, "es"),
    Word(62.0, 62.5, "hoy.", 0.9, "es"),
)
MADE = Transcript(
    (
        Segment(61.0, 62.5, "Sí, vengo hoy.", "es", WORDS, speaker="Rosa"),
        Segment(63.0, 64.0, "Gracias.", "es", suspect=True),
        spoken("Good day.", 65.0, language="en"),
    ),
    70.0,
    MACHINE,
)


def paragraphs(made):
    return docx.Document(io.BytesIO(made)).paragraphs


def test_a_document_says_how_it_was_made_and_how_sure_each_word_is():
    found = paragraphs(to_docx(MADE, ABOUT))

    assert [each.text for each in found] == [
        "A & B",
        "By faster-whisper 1, base, 2026-01-30.",
        "Languages: Spanish, English.",
        "[unsure]",
        "(?) suspect",
        "Ask & be <told>.",
        "[00:01:01] (Spanish) Rosa: Sí, [vengo] hoy.",
        "[00:01:03] (?) Gracias.",
        "[00:01:05] (English) Good day.",
    ]
    italic = [run.text for each in found[6:] for run in each.runs if run.italic]
    assert italic == [" [vengo]", "Gracias."]


def test_what_a_person_wrote_is_marked_nowhere():
    found = paragraphs(to_docx(transcript(Segment(0, 1, "Hola.", "und")), ABOUT))

    assert [each.text for each in found] == [
        "A & B",
        "By a person.",
        "Ask & be <told>.",
        "[00:00:00] Hola.",
    ]


def test_words_that_were_changed_are_shown_as_they_are_now():
    changed = Segment(61.0, 62.5, "Sí, venía hoy.", "es", WORDS)

    assert paragraphs(to_docx(transcript(changed), ABOUT))[-1].text.endswith(
        "Sí, venía hoy."
    )


def test_the_file_names_no_author_no_moment_and_no_other_program(monkeypatch):
    made = to_docx(MADE, ABOUT)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    again = to_docx(MADE, ABOUT)

    assert made == again
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {each.date_time[0] for each in package.infolist()} == {1980}
        core = etree.fromstring(package.read("docProps/core.xml"))
        assert [(etree.QName(each).localname, each.text) for each in core] == [
            ("title", "A & B"),
            ("language", "en"),
        ]
        assert not [name for name in package.namelist() if "thumbnail" in name]
        for name in package.namelist():
            assert not re.search(rb"python-docx|Macintosh|2013-12", package.read(name))
