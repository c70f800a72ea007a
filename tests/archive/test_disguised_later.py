"""A disguised copy for stories that were finished without one, once terms need it."""

import threading

import pytest

from archive.jobs import claimed
from archive.worker import Worker
from consent.actors import Anyone
from consent.audiences import PUBLIC, TRANSCRIBER
from consent.levels import Level
from consent.parts import Part
from consent.terms import Permission, Terms
from tests.archive.test_altered import given, part_of
from tests.conftest import keyless

OTHERS = {PUBLIC: Permission(level=Level.ALTERED_VOICE)}
PLAIN = {PUBLIC: Permission(level=Level.VOICE)}


@pytest.fixture
def old(house, deposit):
    """A story from before there were disguises, and the copy that it would have."""
    story = deposit(transcription=False)
    run(Worker(house))
    story.copy = copy_of(house, story)
    with house.database.writing() as session:
        house.objects.drop(session, story.testimony_id, Part.ALTERED_AUDIO)
    return story


def run(worker):
    worker.run(until_idle=True, stopping=lambda: False)


def copy_of(house, story):
    return house.gate.whole(story.actor, story.testimony_id, Part.ALTERED_AUDIO)


def revision(house, story):
    try:
        found = house.objects.newest(story.testimony_id, Part.ALTERED_AUDIO, None)
    except LookupError:
        return 0
    return found.revision


def say(house, story, permissions, *passages):
    # No machine writes it down, so that no job makes the copy by the way.
    unheard = frozenset({TRANSCRIBER})
    terms = Terms(permissions=permissions, passages=passages, never=unheard)
    house.wishes.change_terms(story.actor, story.testimony_id, terms)


def state(house, story):
    (found,) = (r for r in house.desk.rows() if r.testimony_id == story.testimony_id)
    return found.state


@pytest.mark.parametrize("passages", [(), (part_of(0, 2000, Level.WORDS),)])
def test_where_nobody_hears_a_disguise_none_is_made(house, old, passages):
    say(house, old, PLAIN, *passages)
    run(Worker(house))

    assert revision(house, old) == 0


@pytest.mark.parametrize(
    ("permissions", "passages"),
    [(OTHERS, ()), (PLAIN, (part_of(1000, 2000, Level.ALTERED_VOICE),))],
)
def test_a_worker_that_runs_makes_it_once_terms_need_it(
    house, old, permissions, passages
):
    worker = Worker(house)
    run(worker)
    assert revision(house, old) == 0
    say(house, old, permissions, *passages)
    before = state(house, old)
    run(worker)

    assert given(house, Anyone(), old) == {Part.ALTERED_AUDIO}
    assert copy_of(house, old) == old.copy
    assert revision(house, old) == 1
    assert state(house, old) == before
    assert worker.waiting() == []


def test_a_worker_that_starts_makes_it_for_terms_of_long_ago(house, old):
    say(house, old, OTHERS)
    with house.database.writing() as session:
        house.objects.drop(session, old.testimony_id, Part.ALTERED_AUDIO)
    assert given(house, Anyone(), old) == set()

    run(Worker(house))

    assert given(house, Anyone(), old) == {Part.ALTERED_AUDIO}


def test_what_a_person_cancelled_stays_cancelled(house, old, person):
    from tests.archive.test_queue import put

    put(house, old, state="waiting")
    house.desk.move(person("caretaker"), old.testimony_id, "cancel")
    say(house, old, OTHERS)
    run(Worker(house))

    assert state(house, old) == "cancelled"
    assert revision(house, old) == 1


def test_withdrawn_meanwhile_it_is_not_made_and_restored_it_is(house, old, monkeypatch):
    from archive import renditions

    render = renditions.render_altered

    def slow(source, sink, secret):
        monkeypatch.setattr(renditions, "render_altered", render)
        seconds = render(source, sink, secret)
        house.wishes.withdraw(old.actor, old.testimony_id)
        return seconds

    monkeypatch.setattr(renditions, "render_altered", slow)
    worker = Worker(house)
    say(house, old, OTHERS)
    run(worker)
    assert revision(house, old) == 0
    assert worker.waiting() == []

    house.wishes.restore(old.actor, old.testimony_id)
    run(worker)
    assert given(house, Anyone(), old) == {Part.ALTERED_AUDIO}


def test_what_another_has_in_hand_or_no_key_opens_is_kept_in_mind(
    house, installation, clock, old
):
    say(house, old, OTHERS)
    locked, worker = keyless(installation, clock), Worker(house)
    shut = Worker(locked)
    run(shut)
    with claimed(installation.settings.slots, old.testimony_id):
        run(worker)
    assert revision(house, old) == 0
    assert shut.waiting() == worker.waiting() == [old.testimony_id]

    run(worker)
    locked.close()

    assert revision(house, old) == 1


def test_two_workers_make_one(house, old):
    say(house, old, OTHERS)
    both = [threading.Thread(target=run, args=(Worker(house),)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert revision(house, old) == 1
