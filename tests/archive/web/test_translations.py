"""Every sentence is in Spanish too, and what is compiled is what is written."""

import io
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from archive.web import locale
from consent.levels import Level
from consent.parts import DISCLOSED_AT
from transcription.errors import Fault

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "archive/translations/es/LC_MESSAGES"
METHODS = [("archive/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def written():
    with (CATALOGUE / "messages.po").open("rb") as file:
        return read_po(file, locale="es")


def test_every_sentence_is_translated_and_none_is_left_over():
    found = {
        message
        for _, _, message, _, _ in extract_from_dir(
            ROOT, METHODS, keywords=KEYWORDS, directory_filter=lambda p: "venv" not in p
        )
    }
    translated = {m.id: m.string for m in written() if m.id}

    assert found == set(translated)
    assert [i for i, text in translated.items() if not text or not all(text)] == []
    assert [m.id for m in written() if m.fuzzy and m.id] == []


def test_what_is_compiled_is_what_is_written():
    sink = io.BytesIO()
    write_mo(sink, written())
    sink.seek(0)
    with (CATALOGUE / "messages.mo").open("rb") as file:
        compiled = [(m.id, m.string) for m in read_mo(file) if m.id]

    assert [(m.id, m.string) for m in read_mo(sink) if m.id] == compiled


def test_every_word_of_the_core_has_its_sentence():
    assert (
        {level.name.lower() for level in Level}
        == set(locale.LEVELS)
        == set(locale.GIVEN)
    )
    assert {part.value for part in DISCLOSED_AT} <= set(locale.PARTS)
    assert {fault.value for fault in Fault} <= set(locale.FAULTS)
