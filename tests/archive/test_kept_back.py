"""What the gate and its neighbours keep back, where it would be told without a word.

Each was found by a walk of `test_every_way_out`.
"""

import pytest

from archive.access import NotHereError, RefusedError
from archive.audit import UNKNOWN
from archive.descriptions import Description
from archive.models.audit_entry import AuditEntry
from archive.vault.service import Service
from archive.vault.wire import WEB
from consent.actors import Anyone
from consent.audiences import PUBLIC
from consent.levels import Level, Naming
from consent.parts import Part
from consent.terms import Permission, Terms
from tests.archive.ways_by_vault import room_of
from tests.conftest import approve_newest
from transcription.transcript import MadeBy, Segment, Transcript

NAMES = {
    Naming.UNNAMED: ("", ""),
    Naming.PSEUDONYM: ("Lupe", ""),
    Naming.NAME: ("", "Guadalupe"),
}


@pytest.mark.parametrize("naming", Naming)
def test_no_name_leaves_by_which_a_narrator_is_not_to_be_called(house, deposit, naming):
    story = deposit(title="El camino", pseudonym="Lupe", name="Guadalupe")
    heard = Permission(level=Level.EXISTENCE)
    terms = Terms(permissions={PUBLIC: heard}, naming=naming)
    house.wishes.change_terms(story.actor, story.testimony_id, terms)

    told = house.gate.whole(Anyone(), story.testimony_id, Part.DESCRIPTION)
    own = house.gate.whole(story.actor, story.testimony_id, Part.DESCRIPTION)

    pseudonym, name = NAMES[naming]
    assert Description.from_json(told) == Description(
        title="El camino", pseudonym=pseudonym, name=name
    )
    assert Description.from_json(own).name == "Guadalupe"


def test_nobody_else_chooses_an_earlier_revision(house, deposit):
    story = deposit("public")
    machine = MadeBy("engine 1", "base", "ab" * 32, {}, "2026-01-30")
    for text in ("Vengo de Tlacotepec", "Vengo de lejos"):
        words = Transcript((Segment(0, 1, text, "es"),), 2.0, machine)
        house.objects.add(
            story.testimony_id,
            Part.MACHINE_TRANSCRIPT,
            words.to_json().encode(),
            "application/json",
        )
        approve_newest(house, story.actor, story.testimony_id)
    asked = (story.testimony_id, Part.TRANSCRIPT)

    assert b"lejos" in house.gate.whole(Anyone(), *asked)
    for revision in (1, 2):
        with pytest.raises(NotHereError):
            house.gate.whole(Anyone(), *asked, revision=revision)
    assert b"Tlacotepec" in house.gate.whole(story.actor, *asked, revision=1)


def test_no_reason_is_told_to_who_may_not_know_that_there_is_anything(house, deposit):
    hidden, listed = deposit("me"), deposit("researchers")
    house.wishes.withdraw(hidden.actor, hidden.testimony_id)
    vault = Service(room_of(house))

    def answer(testimony_id):
        head = {"do": "release", "testimony": testimony_id, "part": "audio"}
        return vault.answer({**head, "offset": 0, "length": 1}, WEB)

    assert (
        answer(hidden.testimony_id) == answer(listed.testimony_id) == answer("0" * 32)
    )
    assert answer("0" * 32) == ({"error": "not-here"}, b"")


def test_who_may_know_is_told_why_not_more(house, deposit):
    story = deposit()
    terms = Terms(permissions={PUBLIC: Permission(level=Level.EXISTENCE)})
    house.wishes.change_terms(story.actor, story.testimony_id, terms)

    with pytest.raises(RefusedError):
        house.gate.release(Anyone(), story.testimony_id, Part.AUDIO)


def test_what_the_archive_is_left_out_of_is_not_even_refused(house, deposit):
    story = deposit("public")
    house.wishes.leave_archive_out(story.actor, story.testimony_id)

    for part in Part:
        with pytest.raises(NotHereError) as told:
            house.gate.release(Anyone(), story.testimony_id, part)
        assert type(told.value) is NotHereError


def test_a_hidden_story_leaves_the_same_trace_as_none(house, deposit):
    story = deposit("me")
    for testimony_id in (story.testimony_id, "0" * 32):
        with pytest.raises(NotHereError):
            house.gate.release(Anyone(), testimony_id, Part.AUDIO)

    with house.database.reading() as session:
        (entry,) = session.query(AuditEntry).all()

    assert entry.testimony_id == UNKNOWN


def test_the_desk_leads_to_what_caretakers_may_know_of_alone(house, deposit, person):
    opened, left_out = deposit("caretakers"), deposit("caretakers")
    house.wishes.leave_archive_out(left_out.actor, left_out.testimony_id)

    rows = house.desk.queue(person("caretaker"))

    assert {row.testimony_id: row.open_to_desk for row in rows} == {
        opened.testimony_id: True,
        left_out.testimony_id: False,
    }
