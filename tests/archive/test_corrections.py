"""Narrators who correct at the same moment, or while the machine hears again."""

import threading

import pytest

from archive import own_words
from archive.models.transcription_job import TranscriptionJob
from archive.own_words import BeingHeardError, NewerWordsError
from archive.worker import Worker
from consent.parts import Part
from tests.conftest import approve_newest
from transcription.transcript import MadeBy, Segment, Transcript

MACHINE = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")
SAID = 8


@pytest.fixture
def story(house, deposit):
    made = deposit("me")
    segments = tuple(Segment(each, each + 1, "oído", "es") for each in range(SAID))
    words = Transcript(segments, float(SAID), MACHINE).to_json().encode()
    house.objects.add(
        made.testimony_id, Part.MACHINE_TRANSCRIPT, words, "application/json"
    )
    with house.database.writing() as session:
        session.get_one(TranscriptionJob, made.testimony_id).state = "done"
    return made


def texts(house, story):
    found = house.transcripts.read(story.actor, story.testimony_id)
    return [segment.text for segment in found.segments]


def say(house, story, place, text):
    house.corrections.say_what(
        story.actor, story.testimony_id, place, float(place), text
    )


def asked_again(house, story):
    house.transcripts.hear_again(story.actor, story.testimony_id, 0.0, 1.0, "en")


def test_two_who_correct_at_the_same_moment_both_keep_what_they_said(
    house, story, monkeypatch
):
    read, together = own_words.OwnWords.edition, threading.Barrier(2, timeout=30)
    met = threading.local()

    def at_once(self, testimony_id):
        found = read(self, testimony_id)
        if not hasattr(met, "once"):
            met.once = True
            together.wait()
        return found

    monkeypatch.setattr(own_words.OwnWords, "edition", at_once)
    both = [
        threading.Thread(target=say, args=(house, story, place, f"dicho {place}"))
        for place in (0, 1)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert texts(house, story) == ["dicho 0", "dicho 1", *["oído"] * (SAID - 2)]


def test_many_hands_lose_nothing(house, story):
    refused = []

    def correct(place):
        while True:
            try:
                return say(house, story, place, f"dicho {place}")
            except NewerWordsError:
                refused.append(place)

    hands = [threading.Thread(target=correct, args=(each,)) for each in range(SAID)]
    for each in hands:
        each.start()
    for each in hands:
        each.join()

    assert texts(house, story) == [f"dicho {each}" for each in range(SAID)]


@pytest.mark.parametrize("act", ["correct", "bring in", "approve"])
def test_nothing_is_made_a_narrators_own_while_a_passage_is_heard_again(
    house, story, act
):
    asked_again(house, story)
    who = story.actor, story.testimony_id
    words = house.transcripts.machine(*who)
    acts = {
        "correct": lambda: say(house, story, 0, "dicho"),
        "bring in": lambda: house.corrections.bring_in(*who, words),
        "approve": lambda: approve_newest(house, *who),
    }

    with pytest.raises(BeingHeardError):
        acts[act]()

    assert house.transcripts.read(story.actor, story.testimony_id) == words


def test_a_passage_that_waited_is_not_heard_over_a_narrators_own_words(
    house, story, person
):
    caretaker = person("caretaker")
    asked_again(house, story)
    house.desk.move(caretaker, story.testimony_id, "pause")
    say(house, story, 0, "dicho")
    house.desk.move(caretaker, story.testimony_id, "resume")

    Worker(house).run(until_idle=True, stopping=lambda: False)

    assert texts(house, story)[0] == "dicho"
    machine = house.objects.newest(story.testimony_id, Part.MACHINE_TRANSCRIPT, None)
    assert machine.revision == 1
    with house.database.reading() as session:
        job = session.get_one(TranscriptionJob, story.testimony_id)
    assert (job.state, job.again_language) == ("done", None)
