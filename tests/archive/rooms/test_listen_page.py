"""The narrator's page of one story: unsure words, voices, and hearing it again."""

import re
from dataclasses import replace

import pytest

from archive.access import NotHereError
from archive.models.transcription_job import TranscriptionJob
from consent.parts import Part
from tests.conftest import approve_newest
from transcription.formats.table import FORMATS
from transcription.transcript import MadeBy, Segment, Transcript, Word

MADE_BY = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")


def said(start, text, probability, speaker):
    word = Word(start, start + 1, text, probability, "es")
    return Segment(start, start + 1, text, "es", (word,), speaker=speaker)


TOLD = Transcript(
    (said(0.0, "firme", 0.9, "1"), said(1.0, "dudosa", 0.2, "2")), 9.0, MADE_BY
)


@pytest.fixture
def story(house, deposit, browser):
    made = deposit()
    house.objects.add(
        made.testimony_id,
        Part.MACHINE_TRANSCRIPT,
        TOLD.to_json().encode(),
        "application/json",
    )
    with house.database.writing() as session:
        job = session.get_one(TranscriptionJob, made.testimony_id)
        job.state = "done"
    browser.post("/mine/enter", code=made.code)
    return made


def page(browser, story):
    answer = browser.get(f"/mine/{story.testimony_id}", **{"Accept-Language": "es"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_what_the_machine_doubts_and_whose_voice_it_is_can_be_seen(browser, story):
    told = page(browser, story)

    assert '<u class="unsure">dudosa</u>' in told
    assert '<u class="unsure">firme</u>' not in told
    assert told.index("Voz 1") < told.index("firme") < told.index("<b>Voz 2:</b>")
    assert told.count('name="language" value="en"') == 2


def test_a_passage_is_asked_for_once_and_the_page_says_that_it_is_heard(
    browser, story, house
):
    where = f"/mine/{story.testimony_id}/again"

    assert browser.post(where, start="0", end="1", language="en").status_code == 303
    assert browser.post(where, start="0", end="1", language="es").status_code == 409
    assert browser.post(where, start="x", end="1", language="es").status_code == 409

    told = page(browser, story)
    assert "La máquina está oyendo un pasaje otra vez" in told
    assert 'name="language"' not in told
    with house.database.reading() as session:
        job = session.get_one(TranscriptionJob, story.testimony_id)
    assert (job.again_start, job.again_end, job.again_language) == (0.0, 1.0, "en")


def test_voices_are_named_and_one_sentence_is_given_to_another(browser, story):
    mine = f"/mine/{story.testimony_id}"

    named = browser.post(f"{mine}/speakers", voice="1", name="  María \n José ")
    assert named.status_code == 303
    assert "<b>María José:</b>" in page(browser, story)

    other = {"start": "1.0", "speaker": "María José"}
    assert browser.post(f"{mine}/speakers/1", **other).status_code == 303
    told = page(browser, story)
    assert told.count("<b>María José:</b>") == 1
    assert "Voz 2" not in told
    # No longer the sentence that the page showed there.
    assert browser.post(f"{mine}/speakers/0", **other).status_code == 404
    assert browser.post(f"{mine}/speakers/2", **other).status_code == 404
    # Words that a narrator has taken in hand are heard again by no machine.
    assert 'name="language"' not in told
    answer = browser.post(f"{mine}/again", start="0", end="1", language="es")
    assert answer.status_code == 409


def test_a_sentence_is_corrected_by_hand_and_one_that_nobody_said_goes(
    browser, story, house
):
    mine = f"/mine/{story.testimony_id}"
    wrong = {"start": "1.0", "text": " vino  la migra "}

    kept = browser.post(f"{mine}/sentences/1", **wrong)
    assert kept.headers["Location"] == f"{mine}#s1"
    told = page(browser, story)
    assert "vino la migra" in told
    assert "dudosa" not in told
    assert "usted lo corrigió" in told
    assert house.transcripts.machine(story.actor, story.testimony_id) == TOLD

    browser.post(f"{mine}/sentences/0", start="0.0", text=" ")
    assert "firme" not in page(browser, story)
    # What stands there now is another sentence than the one that was looked at.
    assert browser.post(f"{mine}/sentences/0", start="0.0", text="x").status_code == 404
    assert browser.post(f"{mine}/sentences/7", **wrong).status_code == 404
    assert browser.post(f"{mine}/sentences/0", start="1.0").status_code == 404
    assert "vino la migra" in page(browser, story)


def test_what_the_machine_invented_can_be_said_to_be_true(browser, story, house):
    invented = replace(
        TOLD, segments=(replace(TOLD.segments[0], suspect=True), TOLD.segments[1])
    )
    house.objects.add(
        story.testimony_id,
        Part.TRANSCRIPT,
        invented.to_json().encode(),
        "application/json",
    )
    assert 'class="suspect"' in page(browser, story)

    where = f"/mine/{story.testimony_id}/sentences/0"
    browser.post(where, start="0.0", text="firme")

    assert 'class="suspect"' not in page(browser, story)
    read = house.transcripts.read(story.actor, story.testimony_id)
    assert read.segments[0].words == TOLD.segments[0].words


def test_after_a_correction_others_read_the_words_approved_before(
    browser, story, house
):
    approve_newest(house, story.actor, story.testimony_id)
    browser.post(f"/mine/{story.testimony_id}/sentences/0", start="0.0", text="nunca")

    assert "otras personas leen las que aprobó antes" in page(browser, story)
    left = house.transcripts.approved(story.actor, story.testimony_id)
    assert left.segments[0].text == "firme"


@pytest.mark.parametrize("form", FORMATS)
def test_a_narrator_takes_their_words_home(browser, browsers, story, form):
    where = f"/mine/{story.testimony_id}/words.{form}"
    kept = browser.get(where)

    assert kept.status_code == 200
    assert kept.mimetype == FORMATS[form].media_type
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.headers["Cache-Control"] == "no-store"
    assert FORMATS[form].binary or "dudosa" in kept.get_data(as_text=True)
    assert f'/words.{form}"' in page(browser, story)
    assert browsers().get(where).status_code != 200


def test_words_that_came_after_the_page_was_shown_are_not_approved_unseen(
    browser, story, house
):
    where = f"/mine/{story.testimony_id}"
    (shown,) = re.findall(r'name="edition" value="([^"]+)"', page(browser, story))
    # Whoever else speaks in it, or another window.
    house.corrections.say_what(story.actor, story.testimony_id, 0, 0.0, "Luz me vendió")

    assert browser.post(f"{where}/approve", edition=shown).status_code == 409
    assert browser.post(f"{where}/approve").status_code == 409
    with pytest.raises(NotHereError):
        house.transcripts.approved(story.actor, story.testimony_id)

    (shown,) = re.findall(r'name="edition" value="([^"]+)"', page(browser, story))
    assert browser.post(f"{where}/approve", edition=shown).status_code == 303
    own = house.transcripts.approved(story.actor, story.testimony_id)
    assert own.segments[0].text == "Luz me vendió"
