"""Whoever can write to the database, and holds no key, hears nothing as a narrator."""

import pytest

from archive.access import LockedError
from archive.entrance import WrongCodeError
from archive.models.testimony import Narrator as NarratorRow
from archive.models.testimony import Testimony
from consent.parts import Part


def came_in(house, code):
    token = house.entrance.enter(code, "192.0.2.7")
    return house.sessions.actor(token)


def test_who_takes_the_place_of_a_narrator_in_a_row_hears_nothing(house, deposit):
    story, own = deposit("me"), deposit("me")
    with house.database.writing() as session:
        row = session.get_one(Testimony, story.testimony_id)
        row.narrator_id = own.actor.narrator_id

    thief = came_in(house, own.code)

    with pytest.raises(LockedError):
        house.gate.whole(thief, story.testimony_id, Part.ORIGINAL)
    with pytest.raises(LockedError):
        house.trust.invite(thief, story.testimony_id, "es")


def test_who_makes_their_code_find_another_narrator_hears_nothing(house, deposit):
    story, own = deposit("me"), deposit("me")
    with house.database.writing() as session:
        mine = session.get_one(NarratorRow, own.actor.narrator_id)
        found, recipient = mine.locator, mine.recipient
        mine.locator = "f" * 64
        session.flush()
        session.get_one(NarratorRow, story.actor.narrator_id).locator = found

    with pytest.raises(WrongCodeError):
        came_in(house, own.code)

    with house.database.writing() as session:
        session.get_one(NarratorRow, story.actor.narrator_id).recipient = recipient
    thief = came_in(house, own.code)

    with pytest.raises(LockedError):
        house.gate.whole(thief, story.testimony_id, Part.ORIGINAL)
    with pytest.raises(LockedError):
        house.trust.invite(thief, story.testimony_id, "es")
