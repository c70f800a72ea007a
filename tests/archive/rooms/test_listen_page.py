"""The narrator's page of one story: unsure words, voices, and hearing it again."""

import html
import re
from dataclasses import replace

import pytest

from archive.access import NotHereError
from archive.models.transcription_job import TranscriptionJob
from consent.parts import Part
from tests.archive.rooms.conftest import SAME_SITE
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
    # What the machine wrote stands under "see the original" alone.
    assert told.count("dudosa") == 2
    assert "usted lo corrigió" in told
    assert house.transcripts.machine(story.actor, story.testimony_id) == TOLD

    browser.post(f"{mine}/sentences/0", start="0.0", text=" ")
    assert "firme" not in page(browser, story).partition("Frases que usted quitó")[0]
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

    shown, *_ = re.findall(r'name="edition" value="([^"]+)"', page(browser, story))
    assert browser.post(f"{where}/approve", edition=shown).status_code == 303
    own = house.transcripts.approved(story.actor, story.testimony_id)
    assert own.segments[0].text == "Luz me vendió"


def sentence(browser, story, place, start, text, was=None, **headers):
    """Correct one sentence as its form does."""
    form = {"start": str(start), "text": text} | ({} if was is None else {"was": was})
    return browser.client.post(
        f"/mine/{story.testimony_id}/sentences/{place}",
        data=form | headers.pop("form", {}),
        headers={**SAME_SITE, **headers},
    )


def test_what_another_window_changed_is_not_written_over_and_nothing_typed_is_lost(
    browser, story, house
):
    sentence(browser, story, 0, 0.0, "primera", "firme")
    late = sentence(browser, story, 0, 0.0, "segunda <b>", "firme")
    told = html.unescape(late.text)

    assert late.status_code == 409
    assert "Esta frase cambió mientras tanto." in told
    assert "primera" in told
    assert ">segunda <b></textarea>" in told
    assert "segunda <b>" not in late.text
    assert 'name="was" value="primera"' in late.text
    assert sentence(browser, story, 0, 0.0, "segunda", "primera").status_code == 303
    # The same once more is nothing new.
    assert sentence(browser, story, 0, 0.0, "segunda", "firme").status_code == 303

    sentence(browser, story, 0, 0.0, "")
    gone = sentence(browser, story, 0, 0.0, "tercera", "segunda")
    assert gone.status_code == 409
    assert ">tercera</textarea>" in gone.text
    read = house.transcripts.read(story.actor, story.testimony_id)
    assert [each.text for each in read.segments] == ["dudosa"]


@pytest.mark.parametrize(
    "text", ['<script>alert(1)</script> & "x"', "🌵👩🏽‍🌾 café \u202eodnum", "a" * 5000]
)
def test_whatever_is_written_is_kept_and_shown_as_it_is(browser, story, house, text):
    assert sentence(browser, story, 0, 0.0, text).status_code == 303

    read = house.transcripts.read(story.actor, story.testimony_id)
    assert read.segments[0].text == text
    told = page(browser, story)
    assert "<script>alert" not in told
    assert text in html.unescape(told)


def test_too_much_for_a_sentence_is_told_and_still_there(browser, story, house):
    long = sentence(browser, story, 0, 0.0, "palabra " * 1000)
    assert long.status_code == 422
    assert "Es demasiado para una sola frase." in html.unescape(long.text)
    assert "palabra palabra" in long.text
    huge = sentence(browser, story, 0, 0.0, "x" * 100_000)
    assert huge.status_code == 413
    assert "Es demasiado largo." in html.unescape(huge.text)
    assert house.transcripts.read(story.actor, story.testimony_id) == TOLD


def test_the_last_change_can_be_undone_and_that_too(browser, story, house):
    assert "Deshacer lo último" not in page(browser, story)
    sentence(browser, story, 0, 0.0, "otra")
    sentence(browser, story, 1, 1.0, "")
    undo = f"/mine/{story.testimony_id}/undo"

    def texts():
        read = house.transcripts.read(story.actor, story.testimony_id)
        return [each.text for each in read.segments]

    def edition():
        (shown, *_) = re.findall(
            r'name="edition" value="([^"]+)"', page(browser, story)
        )
        return shown

    assert texts() == ["otra"]
    stale = edition()
    assert browser.post(undo, edition=stale).status_code == 303
    assert texts() == ["otra", "dudosa"]
    assert browser.post(undo, edition=stale).status_code == 409
    assert browser.post(undo).status_code == 409
    browser.post(undo, edition=edition())
    assert texts() == ["otra"]


def test_the_first_change_is_undone_to_what_the_machine_wrote(browser, story, house):
    sentence(browser, story, 0, 0.0, "otra")
    (edition, *_) = re.findall(r'name="edition" value="([^"]+)"', page(browser, story))
    browser.post(f"/mine/{story.testimony_id}/undo", edition=edition)

    assert house.transcripts.read(story.actor, story.testimony_id) == TOLD
    told = page(browser, story)
    assert "Lo escribió una máquina." in told
    assert "usted lo corrigió" not in told


def test_the_original_of_a_sentence_can_be_seen_and_taken_again(browser, story, house):
    assert "Ver lo original" not in page(browser, story)
    sentence(browser, story, 1, 1.0, "cierta")
    told = page(browser, story)
    assert told.count("Ver lo original") == 1
    assert "dudosa</blockquote>" in told

    sentence(browser, story, 1, 1.0, "dudosa")
    assert "Ver lo original" not in page(browser, story)

    sentence(browser, story, 0, 0.0, "")
    assert "Frases que usted quitó" in page(browser, story)
    back = f"/mine/{story.testimony_id}/sentences/back"
    assert browser.post(back, start="0.5").status_code == 404
    assert browser.post(back).status_code == 404
    assert browser.post(back, start="0.0").status_code == 303
    read = house.transcripts.read(story.actor, story.testimony_id)
    assert [each.text for each in read.segments] == ["firme", "dudosa"]
    assert "Frases que usted quitó" not in page(browser, story)
    assert browser.post(back, start="0.0").status_code == 404


def test_a_page_that_saves_as_one_writes_may_approve_what_it_shows(
    browser, story, house
):
    (shown,) = re.findall(r'name="edition" value="([^"]+)"', page(browser, story))
    script = {"Accept": "text/plain", "form": {"edition": shown}}

    saved = sentence(browser, story, 0, 0.0, "otra", "firme", **script)
    assert (saved.status_code, saved.mimetype) == (200, "text/plain")
    approve = f"/mine/{story.testimony_id}/approve"
    # Another window writes what this one does not show.
    house.corrections.say_what(story.actor, story.testimony_id, 1, 1.0, "ajena")
    script["form"] = {"edition": saved.text}
    more = sentence(browser, story, 0, 0.0, "otra más", "otra", **script)
    assert (more.status_code, more.text) == (200, "")
    assert browser.post(approve, edition=more.text).status_code == 409

    other = sentence(browser, story, 0, 0.0, "x", "otra", **script)
    assert (other.status_code, other.mimetype) == (409, "text/plain")


def test_nobody_else_corrects_undoes_or_puts_back(browsers, story, deposit):
    other = browsers()
    other.post("/mine/enter", code=deposit().code)
    at = f"/mine/{story.testimony_id}"

    for where, form in (
        ("sentences/0", {"start": "0.0", "text": "x", "was": "firme"}),
        ("sentences/0", {"start": "0.0", "text": "x" * 6000}),
        ("sentences/back", {"start": "0.0"}),
        ("undo", {"edition": "0.1"}),
    ):
        assert other.post(f"{at}/{where}", **form).status_code == 404
