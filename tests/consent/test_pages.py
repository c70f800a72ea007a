"""The law on paper: both languages say as much, and the slow program follows it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    name: (ROOT / "docs" / name).read_text("utf-8") for name in ("law.md", "ley.md")
}


def sentences(page):
    return [int(n) for n in re.findall(r"^(\d+)\. ", page, re.MULTILINE)]


@pytest.mark.parametrize("name", PAGES)
def test_its_sentences_are_numbered_without_a_gap(name):
    assert sentences(PAGES[name]) == list(range(1, 42))


def test_both_pages_stand_under_the_same_headings():
    headings = [
        [
            sentences(part)
            for part in re.split(r"^\*\*.+\*\*$", page, flags=re.MULTILINE)
        ]
        for page in PAGES.values()
    ]

    assert headings[0] == headings[1]


def test_both_name_the_same_words_of_the_terms():
    named = [set(re.findall(r"`(\w+)`", page)) for page in PAGES.values()]

    assert named[0] == named[1]


def test_the_slow_program_names_only_sentences_that_are_there():
    program = (ROOT / "tests/consent/reference.py").read_text("utf-8")
    named = {
        int(number)
        for comment in re.findall(r"# (\d+(?:, \d+)*)\b", program)
        for number in comment.split(", ")
    }

    assert named <= set(range(1, 42))
    # What decides; the rest is about who may do what, and how an answer looks.
    assert named >= {1, *range(3, 6), 7, *range(9, 28), 36, 37} - {6, 8}
