"""Taking parts out: by sentence, by time, for whom, and heard before it counts."""

import contextlib
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from archive.copy_queue import CopyQueue
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_objects import Cut
from archive.web.passage_forms import (
    PassageFormError,
    moment_from,
    moment_in,
    passage_from,
)
from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS
from consent.holes import Hole
from consent.levels import Level
from consent.parts import Part
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from consent.writing import passage_to_document
from tests.conftest import approve_newest
from transcription.transcript import MadeBy, Segment, Transcript, Word

MADE_BY = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")


def said(start, end, text):
    words = (Word(start, end, text, 0.9, "es"),)
    return Segment(start, end, text, "es", words)


TOLD = Transcript(
    (said(0.0, 2.0, "Antes"), said(2.5, 4.0, "secreto"), said(5.0, 6.0, "despues")),
    9.0,
    MADE_BY,
)


@pytest.fixture
def story(house, deposit, browser):
    made = deposit("public")
    house.objects.add(
        made.testimony_id,
        Part.MACHINE_TRANSCRIPT,
        TOLD.to_json().encode(),
        "application/json",
    )
    with house.database.writing() as session:
        job = session.get_one(TranscriptionJob, made.testimony_id)
        job.state = "done"
    approve_newest(house, made.actor, made.testimony_id)
    browser.post("/mine/enter", code=made.code)
    return made


@pytest.fixture
def at(story):
    return f"/mine/{story.testimony_id}/parts"


def passages(house, story):
    return house.wishes.terms(story.actor, story.testimony_id).passages


def shown(browser, path, **asked):
    answer = browser.get(path, **{"Accept-Language": "en"})
    return answer.get_data(as_text=True)


def test_two_taps_name_a_part_by_its_sentences(browser, at):
    first = re.findall(r'href="([^"]+first=\d+[^"]*)"', shown(browser, at))
    assert len(first) == 3

    then = shown(browser, first[1].replace("&amp;", "&").split("#")[0])
    choose = re.findall(r'href="([^"]+/choose[^"]+)"', then)
    assert len(choose) == 2

    told = shown(browser, choose[0].replace("&amp;", "&"))
    assert "<blockquote>" in told
    assert "secreto" in told
    assert "Antes" not in told
    assert 'value="0:02.5"' in told
    assert 'value="0:04"' in told


def test_a_part_is_taken_out_at_once_and_put_back(browser, at, house, story, browsers):
    form = {"from": "0:02.5", "to": "0:04", "sound": "removed"}
    taken = Passage(span=Span(2500, 4000), level=Level.EXISTENCE, removed=True)
    captions = f"/media/{story.testimony_id}/captions.vtt"
    assert "secreto" in shown(browsers(), captions)

    answer = browser.post(at, **form)

    assert answer.status_code == 303
    assert passages(house, story) == (taken,)
    told = shown(browsers(), captions)
    assert "secreto" not in told
    assert "Antes" in told
    assert "secreto" in shown(browser, captions)

    listed = shown(browser, at)
    assert "Nor do others hear how long it lasts." in listed
    written = json.dumps(passage_to_document(taken), sort_keys=True)
    assert browser.post(f"{at}/back", passage=written).status_code == 303
    assert passages(house, story) == ()
    # The other tab still shows it.
    assert browser.post(f"{at}/back", passage=written).status_code == 409


def test_a_part_can_be_taken_out_for_some_only(browser, at, house, story):
    form = {"from": "0:01", "to": "", "whom": "some", "left": "words"}

    answer = browser.client.post(
        at,
        data={**form, "for": ["researchers", "community"]},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 303
    both = {RESEARCHERS: Level.WORDS, COMMUNITY: Level.WORDS}
    assert passages(house, story) == (Passage(span=Span(1000), audiences=both),)


WRONG = {
    "no time": {"from": "", "to": "0:02"},
    "not a time": {"from": "<script>", "to": "0:02"},
    "sixty seconds": {"from": "0:60", "to": "2:00"},
    "Arabic digits": {"from": "\N{ARABIC-INDIC DIGIT ONE}:05", "to": "0:02"},
    "zero length": {"from": "0:01", "to": "0:01"},
    "the end first": {"from": "0:05", "to": "0:01"},
    "a level that is none": {"from": "0:01", "to": "0:02", "left": "image"},
    "a sound that is none": {"from": "0:01", "to": "0:02", "sound": "music"},
    "for nobody": {"from": "0:01", "to": "0:02", "whom": "some"},
    "for a machine": {
        "from": "0:01",
        "to": "0:02",
        "whom": "some",
        "for": "transcriber",
    },
}


@pytest.mark.parametrize("form", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("path", ["", "/hear"])
def test_what_makes_no_part_is_said_and_what_was_typed_is_kept(
    browser, at, house, story, form, path
):
    answer = browser.post(at + path, **form)

    told = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in told
    assert "<script>alert" not in told
    if form["from"].isascii() and "<" not in form["from"]:
        assert f'value="{form["from"]}"' in told
    assert passages(house, story) == ()
    assert CopyQueue(house.database).waiting() == []


def test_parts_may_overlap_and_begin_at_0_and_go_to_the_end(browser, at, house, story):
    for form in (
        {"from": "0:00", "to": "0:03"},
        {"from": "0:02", "to": "0:05"},
        {"from": "0:04", "to": ""},
        {"from": "0:04", "to": ""},
    ):
        assert browser.post(at, **form).status_code == 303

    spans = [each.span for each in passages(house, story)]
    assert spans == [Span(0, 3000), Span(2000, 5000), Span(4000)]


def test_it_is_heard_as_others_will_before_it_counts(
    browser, at, house, story, browsers
):
    form = {"from": "0:02.5", "to": "0:04"}

    waiting = browser.post(f"{at}/hear", **form).get_data(as_text=True)
    (copy,) = CopyQueue(house.database).of(story.testimony_id)
    heard = f"{at}/heard/{copy.digest}"

    assert copy.holes == (Hole(Span(2500, 4000)),)
    assert heard not in waiting
    assert browser.get(heard).status_code == 404
    with house.objects.writer(story.testimony_id) as writer:
        writer.write(b"as others will")
        writer.keep(Part.AUDIO, "audio/ogg", None, Cut(copy.holes, copy.holes))
    CopyQueue(house.database).made(story.testimony_id, copy)

    assert heard in browser.post(f"{at}/hear", **form).get_data(as_text=True)
    assert browser.get(heard).get_data() == b"as others will"
    # Nothing counts yet: others read the words as before, and hear no such copy.
    assert passages(house, story) == ()
    assert browsers().get(heard).status_code in {303, 404}
    assert browser.post(at, **form).status_code == 303
    others = browsers().get(f"/media/{story.testimony_id}/audio")
    assert others.get_data() == b"as others will"


def test_what_cannot_be_made_says_what_to_do(browser, at, house, story):
    form = {"from": "0:02.5", "to": "0:04"}
    browser.post(f"{at}/hear", **form)
    (copy,) = CopyQueue(house.database).of(story.testimony_id)
    CopyQueue(house.database).note(story.testimony_id, copy, "survives")

    told = browser.client.post(
        f"{at}/hear",
        data=form,
        headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
    ).get_data(as_text=True)

    assert "Take out a little more before it and after it." in told


def test_what_is_taken_out_is_heard_as_others_do(browser, at, house, story):
    browser.post(at, **{"from": "0:02.5", "to": "0:04"})
    (passage,) = passages(house, story)

    written = json.dumps(passage_to_document(passage), sort_keys=True)
    answer = browser.post(f"{at}/hear-again", passage=written)

    assert answer.status_code == 200
    assert browser.post(f"{at}/hear-again", passage="{").status_code == 409
    assert browser.post(f"{at}/hear-again", passage="[" * 20_000).status_code == 409


def test_of_anothers_story_there_is_nothing_to_take_out(
    browser, browsers, deposit, story
):
    other = deposit("public")
    base = f"/mine/{other.testimony_id}/parts"
    form = {"from": "0:01", "to": "0:02"}

    assert browser.get(base).status_code == 404
    assert browser.get(f"{base}/choose?from=0:01").status_code == 404
    assert browser.post(base, **form).status_code == 404
    assert browser.post(f"{base}/hear", **form).status_code == 404
    assert browser.get(f"{base}/heard/{'0' * 64}").status_code == 404
    assert browsers().post(base, **form).status_code == 404


def test_a_thousand_parts_are_enough(browser, at, house, story):
    many = tuple(
        Passage(span=Span(each, each + 1), level=Level.NOTHING) for each in range(1000)
    )
    terms = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)}, passages=many)
    house.wishes.change_terms(story.actor, story.testimony_id, terms)

    answer = browser.post(at, **{"from": "0:05", "to": "0:06"})

    assert answer.status_code == 409
    assert passages(house, story) == many


@given(st.integers(0, (1 << 31)))
def test_a_moment_is_read_as_it_is_written(moment):
    assert moment_from(moment_in(moment)) == moment


@given(st.text(max_size=12))
def test_any_other_text_is_no_moment_or_one_that_is_not_negative(text):
    with contextlib.suppress(PassageFormError):
        assert moment_from(text) >= 0


def test_a_form_says_nothing_that_is_not_in_it():
    taken = passage_from(MultiDict({"from": "1:02:03", "to": "1:02:04"}))

    assert taken == replace(
        Passage(span=Span(3_723_000, 3_724_000), level=Level.EXISTENCE)
    )
