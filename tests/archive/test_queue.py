"""The queue in a person's hand: pause, go on, cancel, try again; and hear it again."""

import io
import threading
import time
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from archive.access import NotHereError
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.jobs import MOVES, STATES, moves_of, seconds_left
from archive.models.transcription_job import TranscriptionJob
from archive.sealed_checkpoints import SealedCheckpoints
from archive.transcripts import HearingAgainError
from archive.worker import Worker
from consent.actors import Anyone
from consent.audiences import PUBLIC
from consent.levels import Level, Naming
from consent.parts import Part
from consent.terms import Permission, Terms
from tests.conftest import Deposited, approve_newest
from transcription.audio import stream_samples
from transcription.samples import SAMPLE_RATE
from transcription.speaker_names import speakers
from transcription.transcript import Transcript

BOTH = Path(__file__).parent.parent / "data" / "both.flac"
heard = pytest.mark.slow


def said_three_times():
    blocks = [block.samples for block in stream_samples(io.BytesIO(BOTH.read_bytes()))]
    sound = np.concatenate(blocks * 3)
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((sound * 32_767).astype("<i2").tobytes())
    return sink.getvalue()


@pytest.fixture
def long_story(house):
    """Two languages, and several windows."""
    terms = initial_terms(InitialAudience.ME, transcription=True)
    receipt = house.deposits.accept_file(
        io.BytesIO(said_three_times()), terms, Description(), "es"
    )
    return Deposited(house, receipt)


@pytest.fixture
def caretaker(person):
    return person("caretaker")


def work(house, stopping=lambda: False):
    Worker(house).run(until_idle=True, stopping=stopping)


def row(house):
    (found,) = house.desk.rows()
    return found


def put(house, story, **values):
    with house.database.writing() as session:
        job = session.get_one(TranscriptionJob, story.testimony_id)
        for name, value in values.items():
            setattr(job, name, value)


def machine(house, story):
    return house.transcripts.machine(story.actor, story.testimony_id)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_only_what_a_state_allows_is_done(house, deposit, caretaker, state, move):
    story = deposit()
    put(house, story, state=state, error_code="damaged" if state == "failed" else None)
    allowed = move in row(house).moves

    assert house.desk.move(caretaker, story.testimony_id, move) is allowed

    after = MOVES[move].get(state, state)
    assert row(house).state == after
    assert (row(house).error_code is None) is (allowed or state != "failed")


def test_every_state_but_the_ends_can_be_left_and_none_is_left_to_nowhere():
    assert {state for moves in MOVES.values() for state in moves.values()} <= set(
        STATES
    )
    assert not moves_of("done")
    assert not moves_of("refused")
    for state in ("waiting", "running", "paused", "failed", "cancelled"):
        assert moves_of(state)


def test_only_caretakers_move_a_job(house, deposit, person):
    story = deposit()
    for actor in (Anyone(), story.actor, person("researcher")):
        with pytest.raises(NotHereError):
            house.desk.move(actor, story.testimony_id, "pause")
    assert row(house).state == "waiting"


def test_what_is_paused_or_cancelled_is_left_alone(house, deposit, caretaker):
    story = deposit()
    for move, state in (("pause", "paused"), ("cancel", "cancelled")):
        house.desk.move(caretaker, story.testimony_id, move)
        work(house)
        assert row(house).state == state


def test_what_a_narrator_refuses_is_refused_while_it_is_paused(
    house, deposit, caretaker
):
    story = deposit()
    house.desk.move(caretaker, story.testimony_id, "pause")

    house.wishes.withdraw(story.actor, story.testimony_id)

    assert row(house).state == "refused"
    house.wishes.restore(story.actor, story.testimony_id)
    assert row(house).state == "waiting"


@pytest.mark.parametrize(
    ("job", "left"),
    [
        ({"state": "running", "speed": 5.0}, 12.0),
        ({"state": "running", "speed": None}, None),
        ({"state": "running", "speed": 0.0}, None),
        ({"state": "running", "speed": "rot"}, None),
        ({"state": "running", "speed": 5.0, "total_seconds": 0.0}, None),
        ({"state": "running", "speed": 5.0, "done_seconds": 200.0}, 0.0),
        ({"state": "paused", "speed": 5.0}, None),
    ],
)
def test_how_long_the_rest_takes(job, left):
    known = {"done_seconds": 40.0, "total_seconds": 100.0}
    assert seconds_left(TranscriptionJob(**{**known, **job})) == left


def until(house, reached):
    for _ in range(1200):
        if reached(row(house)):
            return
        time.sleep(0.05)
    raise AssertionError(row(house))


@heard
def test_a_job_paused_in_the_middle_goes_on_where_it_was(
    house, long_story, caretaker, installation
):
    worker = threading.Thread(target=work, args=(house,))
    worker.start()
    until(house, lambda job: job.done_seconds > 0)
    house.desk.move(caretaker, long_story.testimony_id, "pause")
    worker.join()

    paused = row(house)
    windows = SealedCheckpoints(house, long_story.testimony_id).load()
    assert paused.state == "paused"
    assert 0 < windows[-1].end < paused.total_seconds
    with pytest.raises(NotHereError):
        machine(house, long_story)

    house.desk.move(caretaker, long_story.testimony_id, "resume")
    work(house)

    assert row(house).state == "done"
    whole = machine(house, long_story)
    first = [segment for window in windows for segment in window.segments]
    # Who speaks is told when all of it has been heard.
    heard_first = [replace(each, speaker="") for each in whole.segments[: len(first)]]
    assert heard_first == first
    assert whole.duration == pytest.approx(paused.total_seconds, abs=0.1)


@heard
def test_told_to_stop_a_worker_leaves_the_job_waiting_after_one_window(
    house, long_story
):
    work(house, stopping=lambda: row(house).done_seconds > 0)

    assert row(house).state == "waiting"
    windows = SealedCheckpoints(house, long_story.testimony_id).load()
    assert len(windows) == 1


@heard
def test_what_was_heard_of_a_cancelled_job_is_dropped(house, long_story, caretaker):
    work(house, stopping=lambda: row(house).done_seconds > 0)
    house.desk.move(caretaker, long_story.testimony_id, "cancel")

    work(house)

    assert SealedCheckpoints(house, long_story.testimony_id).load() == []
    house.desk.move(caretaker, long_story.testimony_id, "retry")
    work(house)
    assert row(house).state == "done"


@heard
def test_two_workers_do_nothing_twice(house, deposit):
    stories = [deposit() for _ in range(3)]
    workers = [threading.Thread(target=work, args=(house,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert {each.state for each in house.desk.rows()} == {"done"}
    for story in stories:
        for part in (Part.AUDIO, Part.MACHINE_TRANSCRIPT):
            newest = house.objects.newest(story.testimony_id, part, None)
            assert newest.revision == 1


@heard
def test_a_passage_is_heard_again_and_what_was_written_is_kept(house, long_story):
    work(house)
    before = machine(house, long_story)
    wrong = before.segments[0]

    house.transcripts.hear_again(
        long_story.actor, long_story.testimony_id, wrong.start, wrong.end, "en"
    )
    with pytest.raises(HearingAgainError, match="busy"):
        house.transcripts.hear_again(
            long_story.actor, long_story.testimony_id, wrong.start, wrong.end, "es"
        )
    work(house)

    after = machine(house, long_story)
    anew = [each for each in after.segments if each not in before.segments]
    assert {each.language for each in anew} == {"en"}
    assert all(wrong.start - 0.5 <= each.start < wrong.end for each in anew)
    assert after.segments[-1] == before.segments[-1]
    told = after.made_by.settings["heard_again"]
    assert told == f"{wrong.start:.3f}-{wrong.end:.3f} en"
    first = house.gate.whole(
        long_story.actor, long_story.testimony_id, Part.MACHINE_TRANSCRIPT, revision=1
    )
    assert Transcript.from_json(first.decode()) == before
    assert row(house).state == "done"


NO_PASSAGES = [
    ((0.0, 0.0), "es", "passage"),
    ((5.0, 1.0), "es", "passage"),
    ((-1.0, 1.0), "es", "passage"),
    ((float("nan"), 1.0), "es", "passage"),
    ((0.0, float("inf")), "es", "passage"),
    ((0.0, 9_999.0), "es", "passage"),
    ((0.0, 1.0), "nah", "language"),
]


@heard
def test_what_is_no_passage_is_not_heard_again(house, deposit):
    story = deposit()
    work(house)

    for passage, language, code in NO_PASSAGES:
        with pytest.raises(HearingAgainError, match=code):
            house.transcripts.hear_again(
                story.actor, story.testimony_id, *passage, language
            )

    assert row(house).state == "done"


@heard
def test_approved_words_stay_and_a_refused_machine_does_not_listen(house, deposit):
    approved, refused = deposit(), deposit()
    work(house)
    approve_newest(house, approved.actor, approved.testimony_id)
    silent = initial_terms(InitialAudience.ME, transcription=False)
    house.wishes.change_terms(refused.actor, refused.testimony_id, silent)

    for story, code in ((approved, "own"), (refused, "refused")):
        with pytest.raises(HearingAgainError, match=code):
            house.transcripts.hear_again(
                story.actor, story.testimony_id, 0.0, 1.0, "es"
            )
    with pytest.raises(NotHereError):
        house.transcripts.hear_again(Anyone(), approved.testimony_id, 0.0, 1.0, "es")


@heard
def test_voices_are_told_apart_named_and_set_right(house, long_story, person):
    work(house)
    told = machine(house, long_story)
    assert set(speakers(told)) == {"1"}
    who = (long_story.actor, long_story.testimony_id)

    house.corrections.say_who(*who, 0, told.segments[0].start, "2")
    house.corrections.name_speakers(*who, {"1": "María", "2": "Luz"})

    mine = house.transcripts.read(*who)
    assert speakers(mine) == ("Luz", "María")
    assert machine(house, long_story) == told
    for _ in range(2):
        approve_newest(house, *who)
        assert house.transcripts.read(*who) == mine
    with pytest.raises(NotHereError):
        house.corrections.say_who(*who, 1, told.segments[0].start - 1, "2")
    with pytest.raises(NotHereError):
        house.corrections.name_speakers(person("researcher"), who[1], {"Luz": "Eva"})


@heard
@pytest.mark.parametrize(
    ("naming", "told"), [(Naming.NAME, ("Luz", "1")), (Naming.UNNAMED, ("1", "2"))]
)
def test_others_read_names_of_who_speaks_only_where_they_may(
    house, long_story, naming, told
):
    work(house)
    who = (long_story.actor, long_story.testimony_id)
    house.corrections.say_who(
        *who, 0, house.transcripts.read(*who).segments[0].start, "Luz"
    )
    heard = {PUBLIC: Permission(level=Level.VOICE)}
    house.wishes.change_terms(*who, Terms(permissions=heard, naming=naming))
    with pytest.raises(NotHereError):
        house.transcripts.read(Anyone(), who[1])

    approve_newest(house, *who)

    assert speakers(house.transcripts.read(Anyone(), who[1])) == told
    assert speakers(house.transcripts.read(*who)) == ("Luz", "1")
    captions = house.transcripts.captions(Anyone(), who[1])
    assert ("Luz" in captions) is (naming is Naming.NAME)
