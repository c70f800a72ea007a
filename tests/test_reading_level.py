"""Every screen that a narrator reads is short, plain, and free of the words of offices."""

import json
import re
from dataclasses import dataclass, field

import pytest
import textstat
from flask import Flask, render_template
from flask_babel import force_locale
from lxml import html

from archive import page_templates
from archive.web import assets, locale

# What is shown to narrators: a template, and what marks one screen of it.
PAGES = {"kiosk/kiosk.html": "//*[@data-screen] | //dialog"}
LANGUAGES = ("es", "en")
MOST_WORDS = 40
MOST_IN_A_SENTENCE = 15
# Fernández-Huerta (1959): 70 is what a child of eleven reads with ease.
LEAST_EASE = 70
# Automated Readability Index: years of school.
MOST_YEARS = 6
BANNED = {
    "es": r"consentimiento|usuari|titular|revoca|embargo|suscri|otorg|conforme|"
    r"dispositivo|cifrad|encript|datos personales|términos y condiciones|depósito",
    "en": r"consent|user|holder|revoke|embargo|subscri|grant|pursuant|device|"
    r"encrypt|personal data|terms and conditions|deposit|testimony",
}
# What the script says, by the screen it is said on: one of each group at a time.
SAID = {
    "k0": [("start",)],
    "unready": [("unready",)],
    "k3": [("try",)],
    "k4": [("record", "recording", "paused")],
    "file": [("file",)],
    "k5": [("after",)],
    "machine": [("machine",)],
    "k7": [
        ("check", "voice", "video", "file"),
        ("check", "under", "one", "many"),
        ("check", "yes", "no"),
        ("check", "unnamed"),
    ],
    # What failed may be said anywhere; here it is counted.
    "confirm": [("confirm",), ("any",)],
    "k9": [("done",)],
    "tablet": [("tablet",), ("why",)],
}
# On the way from who may listen to the check, one of these stands in its row.
AUDIENCES = "//label[input/@name='audience']//strong"
HIDDEN = "for-readers"


@dataclass
class Screen:
    """The words of one screen: all of them, and those that are seen at once."""

    name: str
    sentences: list[str] = field(default_factory=list)
    words: int = 0

    def add(self, alternatives, prose=True):
        """Take texts of which one is seen at a time."""
        self.words += max(len(words_of(each)) for each in alternatives)
        if prose:
            self.sentences += [
                part
                for each in alternatives
                for part in re.split(r"(?<=[.?!])\s+", each)
            ]


def words_of(text):
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text)


def text_of(element):
    return re.sub(r"\s+", " ", element.text_content()).strip()


@pytest.fixture(scope="module")
def rendered():
    app = Flask("archive", template_folder=str(page_templates.folder()))
    locale.install(app)
    assets.install(app)
    found = {}
    for language in LANGUAGES:
        for page in PAGES:
            with app.test_request_context(f"/{language}"), force_locale(language):
                found[page, language] = html.fromstring(render_template(page))
    return found


def screens_of(tree, marks):
    """Return the screens of a page, with what its script says on each."""
    says = json.loads(tree.get_element_by_id("says").text)
    audiences = [text_of(each) for each in tree.xpath(AUDIENCES)]
    for each in tree.xpath(f"//*[contains(@class, '{HIDDEN}')]"):
        each.drop_tree()
    for found in tree.xpath(marks):
        screen = Screen(found.get("data-screen") or "idle")
        _read(screen, found)
        for group, *names in SAID.get(screen.name, []):
            screen.add([says[group][each] for each in names or says[group]])
        if screen.name == "k7":
            screen.add(audiences, prose=False)
        yield screen


def _read(screen, found):
    reasons = found.xpath(".//*[contains(@class, 'why')]")
    if reasons:
        # Only the reason of what is chosen is seen.
        screen.add([text_of(each) for each in reasons])
    for each in reasons:
        each.drop_tree()
    for block in found.xpath(".//h1 | .//p | .//li[not(.//button | .//label | .//a)]"):
        if text_of(block) and not block.xpath(".//button"):
            screen.add([text_of(block)])
    for word in found.xpath(".//button | .//label | .//a | .//dt | .//legend"):
        screen.add([text_of(word)], prose=False)


CASES = [(page, language) for page in PAGES for language in LANGUAGES]


@pytest.fixture(params=CASES, ids="-".join)
def page(request, rendered):
    name, language = request.param
    # What is read is taken apart: each test takes its own copy.
    tree = html.fromstring(html.tostring(rendered[name, language], encoding="unicode"))
    return language, list(screens_of(tree, PAGES[name]))


def test_a_screen_has_few_words(page):
    _, screens = page
    counted = {each.name: each.words for each in screens}
    assert {name: n for name, n in counted.items() if n > MOST_WORDS} == {}
    assert len(counted) > 20


def test_a_sentence_is_short(page):
    _, screens = page
    long = [
        each
        for screen in screens
        for each in screen.sentences
        if len(words_of(each)) > MOST_IN_A_SENTENCE
    ]
    assert long == []


def test_a_screen_reads_easily(page):
    language, screens = page
    textstat.set_lang(language)
    found = {}
    for screen in screens:
        text = " ".join(each.rstrip(".") + "." for each in screen.sentences)
        if language == "es":
            ease = textstat.fernandez_huerta(text)
            if ease < LEAST_EASE:
                found[screen.name] = (ease, text)
        elif (years := textstat.automated_readability_index(text)) > MOST_YEARS:
            found[screen.name] = (years, text)
    assert found == {}


def test_no_word_of_an_office(page):
    language, screens = page
    found = [
        each
        for screen in screens
        for each in screen.sentences
        if re.search(BANNED[language], each, re.IGNORECASE)
    ]
    assert found == []


def test_nothing_is_said_that_no_screen_says(rendered):
    """A sentence of the script that this table forgot would escape being read."""
    known = {group for groups in SAID.values() for group, *_ in groups}
    for (name, _), tree in rendered.items():
        says = json.loads(tree.get_element_by_id("says").text)
        assert set(says) == known, name


def test_both_languages_say_the_same_things(rendered):
    """A sentence without a translation would be left in English."""
    for name in PAGES:
        told = [
            json.loads(rendered[name, language].get_element_by_id("says").text)
            for language in LANGUAGES
        ]
        same = [
            text
            for group, sentences in told[0].items()
            for key, text in sentences.items()
            if text == told[1][group][key] and len(words_of(text)) > 1
        ]
        assert same == []
