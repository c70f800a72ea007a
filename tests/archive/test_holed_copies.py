"""The worker makes copies with holes of real speech, and hears each of them again."""

import io

import numpy as np
import pytest

from archive.access import NotHereError
from archive.copy_queue import Copy, CopyQueue
from archive.worker import Worker
from consent.actors import Anyone
from consent.audiences import PUBLIC
from consent.holes import Hole
from consent.levels import Level
from consent.parts import Part
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.sounds import RATE, NoWindows, samples_of
from transcription.engine import load_engine
from transcription.pipeline import transcribe
from transcription.transcript import Transcript


def work(house):
    Worker(house).run(until_idle=True, stopping=lambda: False)


@pytest.fixture
def written(house, deposit):
    """A story of real speech that the machine wrote down, and its words."""
    story = deposit("public")
    work(house)
    found = house.gate.whole(story.actor, story.testimony_id, Part.MACHINE_TRANSCRIPT)
    words = Transcript.from_json(found.decode())
    return story, [word for each in words.segments for word in each.words]


def terms(house, story, *passages, level=Level.VOICE):
    said = Terms(permissions={PUBLIC: Permission(level=level)}, passages=passages)
    house.wishes.change_terms(story.actor, story.testimony_id, said)


def around(words, first, last):
    return Span(int(words[first].start * 1000), int(words[last].end * 1000))


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("level", [Level.VOICE, Level.ALTERED_VOICE])
def test_what_is_withheld_is_not_in_the_copy(house, written, removed, level):
    story, words = written
    third = len(words) // 3
    span = around(words, third, third + 2)
    part = Part.AUDIO if level is Level.VOICE else Part.ALTERED_AUDIO
    closed = Passage(span=span, level=Level.EXISTENCE, removed=removed)

    terms(house, story, closed, level=level)
    with pytest.raises(NotHereError):
        house.gate.whole(Anyone(), story.testimony_id, part)
    work(house)

    whole = samples_of(house.gate.whole(story.actor, story.testimony_id, part))
    copy = samples_of(house.gate.whole(Anyone(), story.testimony_id, part))
    name = Copy(part, (Hole(span, removed),)).name
    (cut,) = house.objects.newest(story.testimony_id, part, None, name).cuts
    assert cut.span.start <= span.start
    assert cut.span.end >= span.end
    lasts = (cut.span.end - cut.span.start) / 1000
    expected = len(whole) / RATE - (lasts if removed else 0)
    assert len(copy) / RATE == pytest.approx(expected, abs=0.1)
    if not removed:
        start, end = cut.span.start * RATE // 1000, cut.span.end * RATE // 1000
        # An encoder smears a few milliseconds of what is beside it.
        inside = copy[start + RATE // 10 : end - RATE // 10]
        assert np.abs(inside).max() < 0.002
        assert np.abs(copy[: start - RATE // 10]).max() > 0.02


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_nothing_withheld_is_heard_by_another_ear(house, written):
    """Another engine than the one that made the check writes the copy down."""
    story, words = written
    span = around(words, 2, 4)
    terms(house, story, Passage(span=span, level=Level.EXISTENCE))
    work(house)

    copy = house.gate.whole(Anyone(), story.testimony_id, Part.AUDIO)
    ear = load_engine("openai-whisper", threads=2)
    heard = transcribe(
        io.BytesIO(copy), ear, ("es", "en"), NoWindows(), lambda *_: None, "2026-01-30"
    )

    told = " ".join(each.text.casefold() for each in heard.segments)
    kept = {each.text.casefold().strip(" .,") for each in words[:2] + words[5:]}
    for word in words[2:5]:
        text = word.text.casefold().strip(" .,")
        assert text in kept or text not in told.split()


def test_who_was_not_let_hear_still_cuts(house, deposit):
    """Without a machine that may hear it, cuts are wider, and silent all the same."""
    story = deposit("public", transcription=False)
    work(house)
    house.wishes.alter_terms(
        story.actor,
        story.testimony_id,
        lambda said: Terms(
            permissions=said.permissions,
            never=said.never,
            passages=(Passage(span=Span(1000, 2000), level=Level.EXISTENCE),),
        ),
    )
    work(house)

    copy = samples_of(house.gate.whole(Anyone(), story.testimony_id, Part.AUDIO))
    (cut,) = house.objects.newest(
        story.testimony_id, Part.AUDIO, None, "[[1000,2000,0]]"
    ).cuts
    assert cut.span == Span(500, 2500)
    assert np.abs(copy[int(0.7 * RATE) : int(2.3 * RATE)]).max() < 0.002


def test_a_story_of_which_nothing_is_left_to_hear_says_so(house, written):
    story, _ = written
    closed = Passage(span=Span(0, 1 << 30), level=Level.EXISTENCE, removed=True)
    terms(house, story, closed)
    work(house)

    with pytest.raises(NotHereError):
        house.gate.whole(Anyone(), story.testimony_id, Part.AUDIO)
    copy = Copy(Part.AUDIO, (Hole(Span(0, 1 << 30), removed=True),))
    assert CopyQueue(house.database).state(story.testimony_id, copy) == "media"


def test_what_was_closed_while_it_was_made_is_not_kept(house, written):
    story, words = written
    terms(house, story, Passage(span=around(words, 1, 2), level=Level.EXISTENCE))
    worker = Worker(house)
    assert worker.waiting() == [story.testimony_id]
    copies = worker._copies
    house.wishes.withdraw(story.actor, story.testimony_id)

    with pytest.raises(NotHereError):
        copies.make_all(story.testimony_id)

    house.wishes.restore(story.actor, story.testimony_id)
    with pytest.raises(NotHereError):
        house.gate.whole(Anyone(), story.testimony_id, Part.AUDIO)
