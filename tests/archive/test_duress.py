"""A duress code opens a quiet story and freezes the real one; nobody can tell it apart."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from archive import claim_notes
from archive.access import FrozenError, LockedError, NotHereError
from archive.catalogue import Card
from archive.claim_notes import Note
from archive.descriptions import Description
from archive.entrance import WrongCodeError
from archive.models.claim_note import ClaimNote
from consent.actors import Anyone
from consent.audiences import COMMUNITY, PUBLIC
from consent.delegation import Power
from consent.levels import Level
from consent.parts import Part
from consent.terms import SILENCE, Permission, Terms

HERE = "192.0.2.7"
OPEN = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})
WORDS = Terms(permissions={PUBLIC: Permission(level=Level.WORDS)})


def entered(house, code):
    return house.sessions.actor(house.entrance.enter(code, HERE))


@pytest.fixture
def story(house, deposit):
    return deposit("public", title="La panadería")


@pytest.fixture
def narrator(house, story):
    return entered(house, story.code)


@pytest.fixture
def quiet_code(house, narrator):
    return house.duress.make(narrator, "es")


def level(house, story, actor=None):
    try:
        return house.gate.disclosure(actor or Anyone(), story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


def acts(house, story):
    return [each.act for each in house.past.of(story.actor, story.testimony_id)]


def test_it_opens_a_story_that_nobody_hears_and_that_is_not_the_real_one(
    house, story, quiet_code
):
    someone = entered(house, quiet_code)

    [card] = house.catalogue.of_narrator(someone)

    assert card.testimony_id != story.testimony_id
    assert (card.locked, card.damaged, card.listens) == (True, "", 0)
    assert card.description == Description()
    assert card.consent.terms.permissions == {}
    for part in Part:
        with pytest.raises((NotHereError, LockedError)):
            house.gate.whole(someone, card.testimony_id, part)
    found = house.gate.disclosure(someone, story.testimony_id)
    assert found == house.gate.disclosure(Anyone(), story.testimony_id)


def test_nothing_of_the_real_one_is_there_for_it(house, story, quiet_code):
    someone = entered(house, quiet_code)
    asked = (
        lambda: house.wishes.standing(someone, story.testimony_id),
        lambda: house.wishes.withdraw(someone, story.testimony_id),
        lambda: house.wishes.erase(someone, story.testimony_id),
        lambda: house.inbox.of(someone, story.testimony_id),
        lambda: house.listeners.of(someone, story.testimony_id),
        lambda: house.past.of(someone, story.testimony_id),
        lambda: house.trust.invite(someone, story.testimony_id, "es"),
    )
    for each in asked:
        with pytest.raises(NotHereError):
            each()


def test_entering_with_it_freezes_every_story_of_the_narrator_for_thirty_days(
    house, story, narrator, quiet_code, clock
):
    house.wishes.change_terms(narrator, story.testimony_id, WORDS)

    entered(house, quiet_code)

    with pytest.raises(FrozenError) as frozen:
        house.wishes.change_terms(narrator, story.testimony_id, OPEN)
    assert frozen.value.until == clock().date() + timedelta(days=30)
    assert level(house, story) is Level.WORDS
    clock.advance(days=31)
    narrator = entered(house, story.code)
    house.wishes.change_terms(narrator, story.testimony_id, OPEN)
    assert level(house, story) is Level.VOICE


def test_entering_again_prolongs_it_and_writes_one_act_a_day(
    house, story, quiet_code, clock
):
    for _ in range(3):
        entered(house, quiet_code)
    clock.advance(days=20)
    entered(house, quiet_code)

    frozen = [type(act).__name__ for act in acts(house, story)].count("Frozen")

    assert frozen == 2
    clock.advance(days=20)
    with pytest.raises(FrozenError):
        house.trust.invite(story.actor, story.testimony_id, "es")


def test_the_true_code_freezes_nothing(house, story, narrator, quiet_code):
    entered(house, story.code)
    house.wishes.change_terms(narrator, story.testimony_id, SILENCE)
    house.wishes.change_terms(narrator, story.testimony_id, OPEN)
    assert level(house, story) is Level.VOICE


def test_closing_works_while_it_is_frozen_and_opening_again_does_not(
    house, story, narrator
):
    house.wishes.freeze(narrator)

    house.wishes.change_terms(narrator, story.testimony_id, WORDS)
    assert level(house, story) is Level.WORDS
    house.wishes.withdraw(narrator, story.testimony_id)
    assert level(house, story) is Level.NOTHING
    with pytest.raises(FrozenError):
        house.wishes.restore(narrator, story.testimony_id)
    house.wishes.erase(narrator, story.testimony_id)
    with pytest.raises(WrongCodeError):
        entered(house, story.code)


def test_whatever_opens_is_refused_while_it_is_frozen(house, story, narrator, person):
    circle = house.trust.new_circle(narrator)
    friend = person("community")
    house.wishes.leave_archive_out(narrator, story.testimony_id)
    house.wishes.freeze(narrator)
    one = (narrator, story.testimony_id)
    refused = (
        lambda: house.trust.invite(*one, "es"),
        lambda: house.trust.entrust_new(*one, frozenset({Power.CLOSE}), "es"),
        lambda: house.trust.add_to_circle(
            narrator, circle.identifier, friend.person_id, 30
        ),
        lambda: house.wishes.let_archive_in(*one),
        lambda: house.wishes.describe(*one, Description(title="Otra")),
    )
    for each in refused:
        with pytest.raises(FrozenError):
            each()


def test_what_waits_to_open_waits_until_it_ends(
    installation, house, story, narrator, quiet_code, clock
):
    slow = Terms(permissions={COMMUNITY: Permission(level=Level.VOICE)})
    house.wishes.change_terms(narrator, story.testimony_id, SILENCE)
    object.__setattr__(installation.settings, "cooling_off_hours", 72)
    house.wishes.change_terms(narrator, story.testimony_id, slow)
    clock.advance(days=1)
    entered(house, quiet_code)
    clock.advance(days=29)
    consent = house.wishes.consent(entered(house, story.code), story.testimony_id)
    assert (consent.terms, consent.said) == (SILENCE, slow)
    clock.advance(days=2)
    consent = house.wishes.consent(entered(house, story.code), story.testimony_id)
    assert consent.terms == slow


def test_erasing_the_quiet_story_leaves_the_real_one_and_ends_the_code(
    house, story, narrator, quiet_code
):
    someone = entered(house, quiet_code)
    [card] = house.catalogue.of_narrator(someone)

    house.wishes.erase(someone, card.testimony_id)

    assert level(house, story) is Level.VOICE
    assert not house.duress.there(narrator)
    with pytest.raises(WrongCodeError):
        entered(house, quiet_code)
    assert house.duress.make(narrator, "es") != quiet_code


def test_its_narrator_alone_is_told_that_there_is_one_and_ends_it(
    house, story, narrator, quiet_code
):
    someone = entered(house, quiet_code)
    assert house.duress.there(narrator)
    assert not house.duress.there(someone)
    assert not house.duress.there(Anyone())

    house.duress.end(narrator)

    assert not house.duress.there(narrator)
    with pytest.raises(WrongCodeError):
        entered(house, quiet_code)
    assert house.catalogue.of_narrator(someone) == []


def test_a_new_one_takes_the_place_of_the_one_before(house, narrator, quiet_code):
    other = house.duress.make(narrator, "en")
    entered(house, other)
    with pytest.raises(WrongCodeError):
        entered(house, quiet_code)


def test_a_second_one_made_under_duress_goes_on_freezing(
    house, story, narrator, quiet_code
):
    someone = entered(house, quiet_code)
    house.duress.make(someone, "es")
    assert house.duress.there(someone)
    house.duress.end(someone)
    assert not house.duress.there(someone)
    with house.database.reading() as session:
        claim = house.entrance.recognise(quiet_code)[1].identity
        told = claim_notes.read(session, someone.narrator_id, claim)
    assert told == Note(freezes=story.actor.narrator_id)


def test_the_database_does_not_tell_which_codes_have_one(house, deposit, quiet_code):
    deposit("me")
    with house.database.reading() as session:
        notes = list(session.scalars(select(ClaimNote.note)))
    assert len(notes) == 3
    assert {len(note) for note in notes} == {120}
    assert all(re.fullmatch("[0-9a-f]+", note) for note in notes)


def test_someone_who_trusts_nobody_with_a_story_cannot_make_one(house, story, narrator):
    code = house.trust.entrust_new(
        narrator, story.testimony_id, frozenset({Power.CLOSE}), "es"
    )
    delegate = entered(house, code)
    for each in (delegate, Anyone()):
        with pytest.raises(NotHereError):
            house.duress.make(each, "es")


def test_whoever_came_without_a_code_cannot_make_one(house, story):
    with pytest.raises(LockedError):
        house.duress.make(story.actor, "es")


def test_in_public_the_quiet_story_is_one_like_any(house, narrator, quiet_code):
    someone = entered(house, quiet_code)
    [card] = house.catalogue.of_narrator(someone)
    assert house.catalogue.visible(Anyone())[0].testimony_id != card.testimony_id
    house.wishes.change_terms(someone, card.testimony_id, OPEN)
    shown = house.catalogue.visible(Anyone())
    assert all(isinstance(each, Card) for each in shown)


def test_a_clock_that_is_behind_shortens_no_freeze(house, story, quiet_code, clock):
    known = clock.time
    clock.time = known - timedelta(days=40)
    entered(house, quiet_code)
    clock.time = known

    with pytest.raises(FrozenError) as frozen:
        house.wishes.let_archive_in(story.actor, story.testimony_id)
    assert frozen.value.until == known.date() + timedelta(days=30)
