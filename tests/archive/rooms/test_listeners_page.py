"""Who listened: by name, on which day, which minutes; and nobody else reads it."""

import html
import re

import pytest

from archive.models.transcription_job import TranscriptionJob
from consent.audiences import COMMUNITY, RESEARCHERS
from consent.levels import Level
from consent.parts import Part
from consent.terms import Permission, Terms
from tests.conftest import approve_newest
from transcription.transcript import MadeBy, Segment, Transcript

SOUND = bytes(1000)
DASH = "\N{EN DASH}"
MADE_BY = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")


def words(answer):
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def story(house, deposit):
    """Ten minutes, open to researchers and to the community, words approved."""
    made = deposit()
    told = Transcript((Segment(0, 1, "camino", "es"),), 600.0, MADE_BY)
    for part, content in (
        (Part.AUDIO, SOUND),
        (Part.MACHINE_TRANSCRIPT, told.to_json().encode()),
    ):
        house.objects.add(made.testimony_id, part, content, "audio/mpeg")
    with house.database.writing() as session:
        job = session.get_one(TranscriptionJob, made.testimony_id)
        job.state, job.total_seconds = "done", 600.0
    approve_newest(house, made.actor, made.testimony_id)
    voice = Permission(level=Level.VOICE)
    terms = Terms(permissions={RESEARCHERS: voice, COMMUNITY: voice})
    house.wishes.change_terms(made.actor, made.testimony_id, terms)
    return made


@pytest.fixture
def listened(story, browsers):
    """Let someone with an account hear some stretches of it, and read its words."""

    def made(login, *ranges):
        who = browsers()
        who.post("/research/sign-in", login=login, password="0123456789")
        for each in ranges:
            where = f"/media/{story.testimony_id}/audio"
            assert who.get(where, Range=f"bytes={each}").status_code == 206
        return who

    return made


def test_nobody_has_listened_yet(browser, story):
    browser.post("/mine/enter", code=story.code)
    page = browser.get(f"/mine/{story.testimony_id}/listeners")
    assert "Nadie todavía." in words(page)


def test_a_researcher_is_named_with_the_day_and_the_minutes(
    browser, story, person, listened
):
    person("researcher")
    listened("researcher", "0-99", "500-599")
    browser.post("/mine/enter", code=story.code)

    told = words(browser.get(f"/mine/{story.testimony_id}/listeners"))

    assert "23 de noviembre de 2026 · Name of researcher · voz" in told
    assert "0:00-1:00, 5:00-6:00" in told.replace(DASH, "-")
    assert "Escuchada 1 vez" in words(browser.get("/mine"))


def test_what_was_read_is_told_too(browser, story, person, listened):
    person("researcher")
    listened("researcher").get(f"/t/{story.testimony_id}")
    browser.post("/mine/enter", code=story.code)

    told = words(browser.get(f"/mine/{story.testimony_id}/listeners"))

    assert "Name of researcher · palabras escritas" in told


def test_many_stretches_are_counted(browser, story, person, listened):
    person("researcher")
    listened("researcher", *(f"{n}-{n + 9}" for n in range(0, 800, 100)))
    browser.post("/mine/enter", code=story.code)

    told = words(browser.get(f"/mine/{story.testimony_id}/listeners"))

    assert "5:00-5:06 y 2 tramos más" in told.replace(DASH, "-")


def test_members_of_the_community_have_no_name(browser, story, person, listened):
    person("community")
    listened("community", "0-99")
    browser.post("/mine/enter", code=story.code)

    told = words(browser.get(f"/mine/{story.testimony_id}/listeners"))

    assert "Alguien de la comunidad" in told
    assert "Name of community" not in told
