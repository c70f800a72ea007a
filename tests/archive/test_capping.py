"""Caretakers narrow and say why; they never widen."""

from datetime import UTC, datetime

import pytest

from archive.access import NotHereError
from archive.capping import new_cap_id
from consent.actors import Anyone, Narrator
from consent.audiences import CARETAKERS, PUBLIC, RESEARCHERS
from consent.caps import Cap, CapReason
from consent.levels import Level
from consent.terms import Passage
from consent.timeline import Span
from tests.conftest import attested

CARETAKER = attested("f" * 32, CARETAKERS)
ALL = Span(0)


def cap(span=ALL, until=None, **said):
    return Cap(new_cap_id(), Passage(span=span, **said), CapReason.SAFETY, until)


def level(house, actor, story):
    try:
        return house.gate.disclosure(actor, story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


def test_a_cap_closes_at_once_and_its_narrator_reads_why(house, deposit):
    story = deposit("public")
    made = cap(level=Level.NOTHING)

    house.capping.cap(CARETAKER, story.testimony_id, made)

    assert level(house, Anyone(), story) is Level.NOTHING
    assert level(house, story.actor, story) is Level.IMAGE
    assert house.wishes.standing(story.actor, story.testimony_id).caps == (made,)

    house.capping.lift(CARETAKER, story.testimony_id, made.cap_id)

    assert level(house, Anyone(), story) is Level.VOICE
    assert house.capping.of(CARETAKER, story.testimony_id) == ()


def test_a_cap_for_one_audience_leaves_the_others(house, deposit):
    story = deposit("researchers")
    house.capping.cap(
        CARETAKER, story.testimony_id, cap(audiences={RESEARCHERS: Level.NOTHING})
    )

    assert level(house, attested("e" * 32, RESEARCHERS), story) is Level.NOTHING


def test_a_cap_ends_by_itself_if_it_was_for_a_time(house, deposit, clock):
    story = deposit("public")
    tomorrow = datetime(2026, 11, 24, tzinfo=UTC)
    house.capping.cap(
        CARETAKER, story.testimony_id, cap(until=tomorrow, level=Level.EXISTENCE)
    )
    assert level(house, Anyone(), story) is Level.EXISTENCE

    clock.advance(days=1)

    assert level(house, Anyone(), story) is Level.VOICE


def test_no_cap_opens_anything(house, deposit):
    story = deposit()
    house.capping.cap(
        CARETAKER, story.testimony_id, cap(audiences={PUBLIC: Level.IMAGE})
    )

    assert level(house, Anyone(), story) is Level.NOTHING


def test_only_caretakers_cap_and_lift(house, deposit):
    story = deposit("public")
    made = cap(level=Level.NOTHING)
    house.capping.cap(CARETAKER, story.testimony_id, made)
    strangers = (
        Anyone(),
        Narrator("0" * 32),
        story.actor,
        attested("e" * 32, RESEARCHERS),
        attested("e" * 32, CARETAKERS, until=datetime(2026, 11, 22, tzinfo=UTC)),
    )

    for actor in strangers:
        with pytest.raises(NotHereError):
            house.capping.cap(actor, story.testimony_id, cap(level=Level.NOTHING))
        with pytest.raises(NotHereError):
            house.capping.lift(actor, story.testimony_id, made.cap_id)
    for testimony_id, cap_id in ((story.testimony_id, "0"), ("0" * 32, made.cap_id)):
        with pytest.raises(NotHereError):
            house.capping.lift(CARETAKER, testimony_id, cap_id)
