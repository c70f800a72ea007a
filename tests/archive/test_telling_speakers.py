"""Who speaks is told after the words: it can be paused, stopped, and left out."""

import pytest

from archive import writing_down
from archive.access import NotHereError
from archive.jobs import TELLING
from archive.sealed_checkpoints import SealedCheckpoints
from archive.worker import Worker
from tests.archive.test_queue import caretaker, machine, put, row, work
from tests.archive.ways_by_worker import Deaf
from transcription.speaker_names import speakers

__all__ = ["caretaker"]
pytestmark = pytest.mark.slow


@pytest.fixture
def story(deposit):
    """Ten seconds of one voice."""
    return deposit()


@pytest.fixture
def meanwhile(monkeypatch):
    """Let a worker come as far as who speaks, and do something just then."""

    def once(deed):
        real = writing_down.find_speakers

        def slow(file):
            monkeypatch.setattr(writing_down, "find_speakers", real)
            deed()
            return real(file)

        monkeypatch.setattr(writing_down, "find_speakers", slow)

    return once


@pytest.fixture
def paused(house, story, caretaker, meanwhile):
    """A story whose words are heard, paused while voices are told apart."""
    meanwhile(lambda: house.desk.move(caretaker, story.testimony_id, "pause"))
    work(house)
    return story


def work_deaf(house):
    """Whatever this worker would hear, it would write nothing."""
    worker = Worker(house)
    worker._engine = Deaf()
    worker.run(until_idle=True, stopping=lambda: False)


def words(segments):
    return [each.text for each in segments]


def heard_of(house, story):
    windows = SealedCheckpoints(house, story.testimony_id).load()
    return words(segment for window in windows for segment in window.segments)


def test_paused_it_stops_and_goes_on_without_hearing_a_word_again(
    house, paused, caretaker
):
    assert row(house).state == "paused"
    heard = heard_of(house, paused)
    with pytest.raises(NotHereError):
        machine(house, paused)
    work(house)
    assert row(house).state == "paused"

    house.desk.move(caretaker, paused.testimony_id, "resume")
    work_deaf(house)

    whole = machine(house, paused)
    assert row(house).state == "done"
    assert heard
    assert words(whole.segments) == heard
    assert set(speakers(whole)) == {"1"}


def test_cancelled_it_leaves_the_words_without_who_speaks(
    house, story, caretaker, meanwhile
):
    meanwhile(lambda: house.desk.move(caretaker, story.testimony_id, "cancel"))
    work(house)

    whole = machine(house, story)
    assert row(house).state == "done"
    assert whole.segments
    assert {each.speaker for each in whole.segments} == {""}
    assert SealedCheckpoints(house, story.testimony_id).load() == []


def test_cancelled_where_no_worker_is_at_it_the_words_are_kept_by_the_next(
    house, paused, caretaker
):
    heard = heard_of(house, paused)
    house.desk.move(caretaker, paused.testimony_id, "cancel")
    work_deaf(house)

    whole = machine(house, paused)
    assert row(house).state == "done"
    assert words(whole.segments) == heard
    assert {each.speaker for each in whole.segments} == {""}


def test_told_to_stop_a_worker_leaves_it_waiting(house, story, meanwhile):
    stopped = []
    meanwhile(lambda: stopped.append(True))
    work(house, stopping=lambda: bool(stopped))

    assert row(house).state == "waiting"
    heard = heard_of(house, story)
    work_deaf(house)
    assert words(machine(house, story).segments) == heard
    assert set(speakers(machine(house, story))) == {"1"}


def test_withdrawn_while_it_is_told_nothing_is_kept(house, story, meanwhile):
    who = (story.actor, story.testimony_id)
    meanwhile(lambda: house.wishes.withdraw(*who))
    work(house)

    assert row(house).state == "refused"
    with pytest.raises(NotHereError):
        machine(house, story)


def test_where_windows_were_lost_a_cancelled_job_is_dropped_as_any(
    house, story, caretaker
):
    # As after a backup: the job says that all is heard, and the windows are gone.
    put(house, story, speakers=TELLING)
    work(house, stopping=lambda: row(house).done_seconds > 0)
    house.desk.move(caretaker, story.testimony_id, "cancel")
    work(house)

    assert row(house).state == "cancelled"
    assert SealedCheckpoints(house, story.testimony_id).load() == []
