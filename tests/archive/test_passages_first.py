"""A passage to be heard again goes first, also in the middle of a long recording."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive import writing_down
from archive.jobs import claimed
from archive.sealed_checkpoints import SealedCheckpoints
from archive.worker import Worker
from consent.parts import Part
from storage.archive_identity import identity_file
from tests.archive.test_queue import long_story, machine, put, work

__all__ = ["long_story"]
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture
def short_story(house, deposit):
    """Ten seconds, written down."""
    story = deposit()
    work(house)
    return story


@pytest.fixture
def other_story(short_story, deposit):
    """Another of ten seconds, which waits."""
    return deposit()


def state_of(house, story):
    (found,) = (r for r in house.desk.rows() if r.testimony_id == story.testimony_id)
    return found


def ask(house, story):
    house.transcripts.hear_again(story.actor, story.testimony_id, 0.0, 4.0, "es")


def revisions(house, story):
    return house.objects.newest(
        story.testimony_id, Part.MACHINE_TRANSCRIPT, None
    ).revision


class Asking:
    """Asks for a passage once the first window is heard; then stops at the next.

    The worker asks it after each window whether to stop, so nothing here waits.
    """

    def __init__(self, house, short, long):
        self.house, self.short, self.long = house, short, long
        self.asked, self.done_at = False, None

    def __call__(self):
        reached = state_of(self.house, self.long).done_seconds
        if reached > 0 and not self.asked:
            self.asked = True
            ask(self.house, self.short)
        elif self.asked and self.done_at is None and self._is_heard():
            self.done_at = reached
        return self.done_at is not None

    def _is_heard(self):
        return state_of(self.house, self.short).state == "done"


def test_it_is_heard_between_two_windows_and_the_long_one_goes_on(
    house, short_story, long_story
):
    asking = Asking(house, short_story, long_story)
    work(house, stopping=asking)

    windows = SealedCheckpoints(house, long_story.testimony_id).load()
    assert state_of(house, long_story).state == "waiting"
    assert state_of(house, short_story).state == "done"
    assert windows[-1].end == asking.done_at
    assert len(windows) == 2

    work(house)

    long = state_of(house, long_story)
    assert long.state == "done"
    assert asking.done_at < long.total_seconds
    assert (revisions(house, long_story), revisions(house, short_story)) == (1, 2)
    told = machine(house, short_story).made_by.settings["heard_again"]
    assert told == "0.000-4.000 es"
    first = [each.text for window in windows for each in window.segments]
    whole = [each.text for each in machine(house, long_story).segments]
    assert whole[: len(first)] == first
    assert len(whole) > len(first)


def test_one_that_another_worker_has_in_hand_is_left_to_it(
    house, installation, short_story, other_story
):
    ask(house, short_story)
    with claimed(installation.settings.slots, short_story.testimony_id):
        work(house)
        assert state_of(house, short_story).state == "waiting"
    assert state_of(house, other_story).state == "done"
    assert revisions(house, short_story) == 1

    work(house)

    assert state_of(house, short_story).state == "done"
    assert revisions(house, short_story) == 2


def test_it_is_heard_while_copies_are_made_and_while_voices_are_told_apart(
    house, short_story, other_story, monkeypatch
):
    seen = []

    def asked_before(name, module):
        real = getattr(module, name)

        def slow(source, *rest):
            ask(house, short_story)
            source.read(1)
            seen.append(state_of(house, short_story).state)
            source.seek(0)
            return real(source, *rest)

        monkeypatch.setattr(module, name, slow)

    from archive import renditions

    asked_before("render_audio", renditions)
    asked_before("render_altered", renditions)
    asked_before("find_speakers", writing_down)

    work(house)

    assert seen == ["done"] * 3
    assert state_of(house, other_story).state == "done"
    assert revisions(house, short_story) == 4


@pytest.mark.parametrize(
    ("moment", "kept"), [("heard and not kept", 1), ("kept and not said", 2)]
)
def test_killed_while_it_is_heard_nothing_is_lost_and_nothing_done_twice(
    house, archive_identity, tmp_path, short_story, other_story, moment, kept
):
    work(house, stopping=lambda: state_of(house, other_story).done_seconds > 0)
    before = SealedCheckpoints(house, other_story.testimony_id).load()
    ask(house, short_story)
    identity = tmp_path / "identity"
    identity.write_bytes(identity_file(archive_identity))
    data = house.installation.settings.data

    died = subprocess.run(
        [sys.executable, "-m", "tests.archive.dying", data, identity, moment],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert died.returncode == -signal.SIGKILL
    assert state_of(house, short_story).state == "running"
    assert revisions(house, short_story) == kept
    work(house)
    assert {row.state for row in house.desk.rows()} == {"done"}
    assert (revisions(house, other_story), revisions(house, short_story)) == (1, 2)
    told = machine(house, short_story).made_by.settings["heard_again"]
    assert told == "0.000-4.000 es"
    # Who speaks is told when all of it has been heard.
    whole = machine(house, other_story).segments
    assert [each.text for each in whole[: len(before[0].segments)]] == [
        each.text for each in before[0].segments
    ]


def test_one_that_cannot_be_heard_leaves_the_long_one_alone(
    house, short_story, other_story, monkeypatch
):
    def failing(*_):
        raise OSError

    monkeypatch.setattr(writing_down, "hear_again", failing)
    monkeypatch.setattr("archive.worker.TRIES", 1)
    put(house, short_story, state="waiting", again_start=0.0, again_end=4.0)
    put(house, short_story, again_language="es")

    Worker(house).run(until_idle=True, stopping=lambda: False)

    short = state_of(house, short_story)
    assert (short.state, short.error_code) == ("failed", "internal")
    assert state_of(house, other_story).state == "done"


def test_another_passage_asked_for_while_one_is_heard_is_heard_too(
    house, short_story, person, monkeypatch
):
    real, caretaker, heard = writing_down.hear_again, person("caretaker"), []

    def paused_meanwhile(source, engine, *passage):
        heard.append(passage)
        if len(heard) == 1:
            house.desk.move(caretaker, short_story.testimony_id, "pause")
            house.transcripts.hear_again(
                short_story.actor, short_story.testimony_id, 4.0, 8.0, "en"
            )
        return real(source, engine, *passage)

    monkeypatch.setattr(writing_down, "hear_again", paused_meanwhile)
    ask(house, short_story)

    work(house)

    assert heard == [(0.0, 4.0, "es"), (4.0, 8.0, "en")]
    assert state_of(house, short_story).state == "done"
    assert revisions(house, short_story) == 3
