"""The fixtures of rooms and vault, and what the scenarios share."""

import pytest

from archive import ledger
from archive.access import NotHereError
from consent.levels import Level
from consent.parts import Part
from tests.archive.rooms.conftest import app, browser, browsers
from tests.archive.vault.conftest import outside, room, sockets
from tests.conftest import approve_newest
from transcription.transcript import MadeBy, Segment, Transcript

MACHINE = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")

__all__ = ["app", "browser", "browsers", "outside", "room", "sockets"]

SOUND = bytes(range(256)) * 8192


@pytest.fixture
def act(house, clock):
    """Enter an act in the ledger, for what no room offers yet."""

    def done(story, *acts):
        for each in acts:
            with house.database.writing() as session:
                ledger.append(session, story.testimony_id, each, clock())

    return done


@pytest.fixture
def level(house):
    """How far a story is open to someone."""

    def found(actor, story):
        try:
            return house.gate.disclosure(actor, story.testimony_id).level
        except NotHereError:
            return Level.NOTHING

    return found


@pytest.fixture
def spoken(house):
    """Give a story a listening copy, and words that its narrator approved."""

    def made(story, *segments):
        house.objects.add(story.testimony_id, Part.AUDIO, SOUND, "audio/mpeg")
        words = Transcript(tuple(segments), 60.0, MACHINE).to_json().encode()
        house.objects.add(
            story.testimony_id, Part.MACHINE_TRANSCRIPT, words, "application/json"
        )
        approve_newest(house, story.actor, story.testimony_id)
        return story

    return made


def said(start, end, text):
    return Segment(start, end, text, "es")
