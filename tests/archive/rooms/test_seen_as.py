"""One's own story as each audience has it: the very page that they are given."""

import re

import pytest

from archive.sealed_objects import Cut
from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS
from consent.holes import Hole
from consent.levels import Level
from consent.parts import Part
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.conftest import approve_newest
from transcription.transcript import MadeBy, Segment, Transcript, Word

HOLE = Hole(Span(2500, 4000))
MADE_BY = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")


def said(start, end, text):
    return Segment(start, end, text, "es", (Word(start, end, text, 0.9, "es"),))


TOLD = Transcript((said(0.0, 2.0, "Antes"), said(2.5, 4.0, "secreto")), 9.0, MADE_BY)


@pytest.fixture
def story(house, deposit, browser):
    made = deposit()
    house.objects.add(
        made.testimony_id,
        Part.MACHINE_TRANSCRIPT,
        TOLD.to_json().encode(),
        "application/json",
    )
    approve_newest(house, made.actor, made.testimony_id)
    for plain, cut in ((b"whole", None), (b"holed", Cut((HOLE,), (HOLE,)))):
        with house.objects.writer(made.testimony_id) as writer:
            writer.write(plain)
            writer.keep(Part.AUDIO, "audio/ogg", None, cut)
    terms = Terms(
        permissions={
            PUBLIC: Permission(level=Level.VOICE),
            RESEARCHERS: Permission(level=Level.VOICE, ask_me=True),
        },
        passages=(Passage(span=HOLE.span, level=Level.EXISTENCE),),
    )
    house.wishes.change_terms(made.actor, made.testimony_id, terms)
    browser.post("/mine/enter", code=made.code)
    return made


def read(browser, path):
    answer = browser.get(path, **{"Accept-Language": "en"})
    return answer.status_code, answer.get_data(as_text=True)


def bare(page, story):
    """The main part of a page, without what says as whom it is looked at."""
    main = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    main = re.sub(
        r'<p><a href="[^"]+">Back</a></p>\s*<p class="notice".*?</p>', "", main
    )
    main = main.replace(f"/mine/{story.testimony_id}/as/public/", "MEDIA/")
    main = main.replace(f"/media/{story.testimony_id}/", "MEDIA/")
    return re.sub(r"\s+", " ", main)


def test_the_page_is_the_one_that_they_are_given(browser, browsers, story):
    _, seen = read(browser, f"/mine/{story.testimony_id}/as/public")
    _, theirs = read(browsers(), f"/t/{story.testimony_id}")

    assert bare(seen, story) == bare(theirs, story)
    assert "Antes" in seen
    assert "secreto" not in seen
    assert "This is what they see: anyone." in seen


def test_it_sounds_and_reads_as_theirs(browser, browsers, story):
    for name in ("audio", "captions.vtt"):
        seen = browser.get(f"/mine/{story.testimony_id}/as/public/{name}")
        theirs = browsers().get(f"/media/{story.testimony_id}/{name}")
        assert seen.get_data() == theirs.get_data() != b""
    assert seen.status_code == 200


def test_a_range_of_it_is_the_range_of_theirs(browser, story):
    answer = browser.get(
        f"/mine/{story.testimony_id}/as/public/audio", Range="bytes=1-2"
    )

    assert (answer.status_code, answer.get_data()) == (206, b"ol")


def test_for_whom_it_is_not_there_it_says_so(browser, story, house):
    house.wishes.withdraw(story.actor, story.testimony_id)

    for audience in ("public", "community", "circle:c1", "person:" + "e" * 32):
        status, told = read(browser, f"/mine/{story.testimony_id}/as/{audience}")
        assert status == 200
        assert "For them this story is not there" in told
        assert "Antes" not in told
        media = f"/mine/{story.testimony_id}/as/{audience}/audio"
        assert browser.get(media).status_code == 404


def test_nobody_else_looks_so(browsers, deposit, story):
    other = deposit()
    browser = browsers()
    browser.post("/mine/enter", code=other.code)

    for path in ("", "/audio", "/captions.vtt"):
        whole = f"/mine/{story.testimony_id}/as/public{path}"
        assert browser.get(whole).status_code == 404
        assert browsers().get(whole).status_code == 303


@pytest.mark.parametrize("audience", ["transcriber", "everybody", "person:", "x:1"])
def test_what_is_no_audience_is_not_there(browser, story, audience):
    path = f"/mine/{story.testimony_id}/as/{audience}"

    assert browser.get(path).status_code == 404


def test_looking_is_no_listening(browser, story, house):
    browser.get(f"/mine/{story.testimony_id}/as/public/audio")
    browser.get(f"/mine/{story.testimony_id}/as/public")

    assert house.listeners.of(story.actor, story.testimony_id) == []
    assert COMMUNITY not in house.wishes.terms(story.actor, story.testimony_id).never
