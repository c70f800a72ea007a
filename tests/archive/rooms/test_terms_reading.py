"""The narrator's questions of who and when are short and plain, in both languages."""

import re

import pytest
import textstat
from lxml import html

from tests.test_reading_level import (
    BANNED,
    LEAST_EASE,
    MOST_IN_A_SENTENCE,
    MOST_YEARS,
    words_of,
)

PAGES = {
    "home": lambda b, at: b.get("/mine"),
    "overview": lambda b, at: b.get(at),
    "what": lambda b, at: b.get(f"{at}/community"),
    "a wall": lambda b, at: b.get(f"{at}/researchers"),
    "when": lambda b, at: b.get(f"{at}/caretakers/when"),
    "sure": lambda b, at: b.post(f"{at}/public", level="words", when="now"),
    "after": lambda b, at: b.get(f"{at}/after"),
    "name": lambda b, at: b.get(f"{at}/name"),
    "machine": lambda b, at: b.get(f"{at}/machine"),
    "a mistake": lambda b, at: b.post(f"{at}/caretakers", when="from"),
}
PROSE = ".//main//h1 | .//main//h2 | .//main//p[not(.//a | .//button)] | .//main//li | .//main//legend"


def sentences(page):
    tree = html.fromstring(page)
    for each in tree.xpath("//*[contains(@class, 'for-readers')]"):
        each.drop_tree()
    for block in tree.xpath(PROSE):
        text = re.sub(r"\s+", " ", block.text_content()).strip()
        if text and not block.xpath(".//a | .//p"):
            yield from re.split(r"(?<=[.?!])\s+", text)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_reads_easily(browser, deposit, language):
    story = deposit()
    browser.post("/mine/enter", code=story.code)
    browser.get(f"/language/{language}?next=/mine")
    at = f"/mine/{story.testimony_id}/terms"
    browser.post(f"{at}/caretakers", level="words", when="now")
    browser.post(f"{at}/researchers", level="never")
    textstat.set_lang(language)
    wrong = []
    for name, asked in PAGES.items():
        found = list(sentences(asked(browser, at).text))
        wrong += [
            (name, each)
            for each in found
            if len(words_of(each)) > MOST_IN_A_SENTENCE
            or re.search(BANNED[language], each, re.IGNORECASE)
        ]
        text = " ".join(each.rstrip(".") + "." for each in found)
        if language == "es":
            ease = textstat.fernandez_huerta(text)
            wrong += [(name, ease)] if ease < LEAST_EASE else []
        else:
            years = textstat.automated_readability_index(text)
            wrong += [(name, years)] if years > MOST_YEARS else []

    assert wrong == []
