"""Several narrators, delegates, circles; and what is attested of a narrator."""

import pytest

from archive.access import LockedError, NotHereError
from archive.descriptions import Description
from archive.people import ApplicationError
from archive.receipts.checking import check
from archive.telling.tongues import LANGUAGES, tongue
from archive.trust import TrustError
from archive.wishes import NotAloneError
from consent.actors import Anyone, Narrator
from consent.acts import Left
from consent.audiences import CARETAKERS, PUBLIC, RESEARCHERS
from consent.delegation import Event, Power
from consent.levels import Level
from consent.parts import Part
from consent.terms import SILENCE, Permission, Terms
from storage.identities import parse_identity
from tests.conftest import attested, keyless

OPEN = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})
CARETAKER = attested("f" * 32, CARETAKERS)


@pytest.fixture
def joined(house, deposit):
    """A story of two narrators; give back it and the second one."""
    story = deposit("public")
    code = house.trust.invite(story.actor, story.testimony_id, "es")
    narrator_id, claim = house.entrance.recognise(code)
    return story, Narrator(narrator_id), claim


def level(house, actor, story):
    try:
        return house.gate.disclosure(actor, story.testimony_id).level
    except NotHereError:
        return Level.NOTHING


def test_who_joins_has_all_of_it_and_closes_it_until_they_have_spoken(
    house, joined, recording
):
    story, other, _ = joined
    heard = house.gate.whole(other, story.testimony_id, Part.ORIGINAL)
    assert heard == recording
    assert level(house, Anyone(), story) is Level.NOTHING

    house.wishes.change_terms(other, story.testimony_id, OPEN)

    assert level(house, Anyone(), story) is Level.VOICE


def test_one_narrator_alone_widens_nothing_and_closes_everything(house, joined):
    story, other, _ = joined
    house.wishes.change_terms(other, story.testimony_id, OPEN)
    house.wishes.change_terms(story.actor, story.testimony_id, SILENCE)
    assert level(house, Anyone(), story) is Level.NOTHING

    house.wishes.change_terms(story.actor, story.testimony_id, OPEN)
    assert level(house, Anyone(), story) is Level.VOICE

    house.wishes.withdraw(other, story.testimony_id)
    assert level(house, Anyone(), story) is Level.NOTHING
    assert level(house, story.actor, story) is Level.IMAGE
    with pytest.raises(NotHereError):
        house.wishes.restore(story.actor, story.testimony_id, other.narrator_id)


def test_narrators_do_not_see_what_the_other_said(house, joined):
    story, other, _ = joined
    assert house.wishes.terms(story.actor, story.testimony_id) == OPEN
    assert house.wishes.terms(other, story.testimony_id) == SILENCE


def test_a_locked_archive_opens_for_either_code(
    house, installation, joined, clock, recording
):
    story, other, claim = joined
    locked = keyless(installation, clock, claim.identity)

    assert locked.gate.whole(other, story.testimony_id, Part.ORIGINAL) == recording
    with pytest.raises(LockedError):
        keyless(installation, clock).gate.whole(
            other, story.testimony_id, Part.ORIGINAL
        )


def test_leaving_the_archive_out_keeps_both_narrators_in(
    house, installation, joined, clock
):
    story, other, claim = joined
    house.wishes.change_terms(other, story.testimony_id, OPEN)

    house.wishes.leave_archive_out(other, story.testimony_id)

    assert house.installation.keys.holders(story.testimony_id) == 2
    assert level(house, Anyone(), story) is Level.NOTHING
    with pytest.raises(LockedError):
        house.wishes.let_archive_in(other, story.testimony_id)
    own = keyless(installation, clock, claim.identity)
    own.wishes.let_archive_in(other, story.testimony_id)
    assert house.installation.keys.holders(story.testimony_id) == 3
    assert level(house, Anyone(), story) is Level.VOICE


def test_one_of_two_leaves_for_good_and_the_other_keeps_theirs(
    house, installation, joined, clock, recording
):
    story, other, claim = joined
    house.wishes.change_terms(other, story.testimony_id, OPEN)

    house.wishes.erase(other, story.testimony_id)

    assert level(house, Anyone(), story) is Level.NOTHING
    assert level(house, other, story) is Level.NOTHING
    heard = house.gate.whole(story.actor, story.testimony_id, Part.ORIGINAL)
    assert heard == recording
    entry = installation.keys.keyring.get(story.testimony_id)
    with pytest.raises(LockedError):
        keyless(installation, clock, claim.identity).gate.keys.testimony(
            story.testimony_id, other
        )
    assert parse_identity(str(claim.identity)) is not None
    assert entry.count(b"\n-> ") == 2

    house.wishes.erase(story.actor, story.testimony_id)

    assert not list(installation.keys.keyring.entries())


class Killed(BaseException):
    """What a process sees of its own end."""


@pytest.mark.parametrize("archive_in", [True, False])
def test_killed_while_leaving_nobody_has_left_with_their_key_kept(
    house, installation, joined, clock, archive_in, monkeypatch
):
    story, other, claim = joined
    if not archive_in:
        house.wishes.leave_archive_out(other, story.testimony_id)
    own = keyless(installation, clock, claim.identity)
    staying = 2 if archive_in else 1

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("archive.keeping.forget_without_story", die)
        with pytest.raises(Killed):
            own.wishes.erase(other, story.testimony_id)

    assert installation.keys.holders(story.testimony_id) == staying
    assert not house.wishes.standing(story.actor, story.testimony_id).consents[1].left

    house.wishes.erase(other, story.testimony_id)

    assert house.wishes.standing(story.actor, story.testimony_id).consents[1].left
    assert installation.keys.holders(story.testimony_id) == staying


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_stays_finds_that_someone_left_and_has_a_receipt_of_it(
    house, installation, joined, clock, language
):
    story, other, claim = joined
    keyless(installation, clock, claim.identity).wishes.erase(other, story.testimony_id)

    say = tongue(language)
    (line, *_) = house.receipts.history(story.actor, story.testimony_id, say)
    receipt = house.receipts.receipt(
        story.actor, story.testimony_id, line.past.sequence
    )

    assert line.told.heading in {
        "One of those who speak in it left it.",
        "Una de las personas que hablan en ella la dejó.",
    }
    assert isinstance(receipt.entry.act, Left)
    assert check(receipt).fault is None


def test_who_cannot_open_it_cannot_leave_it_half(house, installation, joined, clock):
    story, other, _ = joined

    with pytest.raises(LockedError):
        keyless(installation, clock).wishes.erase(other, story.testimony_id)

    assert not house.wishes.standing(story.actor, story.testimony_id).consents[1].left
    assert installation.keys.holders(story.testimony_id) == 3


def test_a_delegate_closes_and_hears_nothing(house, deposit):
    story = deposit("public")
    close = frozenset({Power.CLOSE})
    code = house.trust.entrust_new(story.actor, story.testimony_id, close, "es")
    delegate = Narrator(house.entrance.recognise(code)[0])
    of = story.actor.narrator_id
    (found,) = house.trust.entrusted_to(delegate)
    assert (found.testimony_id, found.narrator_id, found.powers, found.withdrawn) == (
        story.testimony_id,
        of,
        close,
        False,
    )
    assert house.catalogue.of_narrator(delegate) == []

    with pytest.raises(NotHereError):
        house.wishes.change_terms(delegate, story.testimony_id, SILENCE, of)
    with pytest.raises(NotHereError):
        house.wishes.erase(delegate, story.testimony_id)
    house.wishes.withdraw(delegate, story.testimony_id, of)

    assert level(house, Anyone(), story) is Level.NOTHING
    with pytest.raises(NotHereError):
        house.wishes.restore(delegate, story.testimony_id, of)
    with pytest.raises(NotHereError):
        house.gate.whole(delegate, story.testimony_id, Part.ORIGINAL)


def test_powers_end_when_they_are_taken_back(house, deposit, person):
    story, friend = deposit("public"), person("community")
    holder = f"person:{friend.person_id}"
    of = story.actor.narrator_id
    powers = frozenset({Power.CLOSE})
    house.trust.entrust(story.actor, story.testimony_id, holder, powers)
    assert len(house.trust.entrusted_to(friend)) == 1

    house.trust.entrust(story.actor, story.testimony_id, holder, frozenset())

    assert house.trust.entrusted_to(friend) == []
    with pytest.raises(NotHereError):
        house.wishes.withdraw(friend, story.testimony_id, of)
    with pytest.raises(TrustError):
        house.trust.entrust(story.actor, story.testimony_id, "person:0", powers)


def test_death_counts_when_both_attested_it_and_ninety_days_have_passed(
    house, deposit, clock
):
    story = deposit()
    of = story.actor.narrator_id
    then = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE)})
    said = Terms(after_death=then)
    house.wishes.change_terms(story.actor, story.testimony_id, said)
    decide = frozenset({Power.DECIDE})
    code = house.trust.entrust_new(story.actor, story.testimony_id, decide, "es")
    delegate = Narrator(house.entrance.recognise(code)[0])
    researcher = attested("e" * 32, RESEARCHERS)

    house.trust.attest(delegate, story.testimony_id, of, Event.DEATH)
    with pytest.raises(TrustError):
        house.trust.attest(delegate, story.testimony_id, of, Event.DEATH)
    clock.advance(days=200)
    assert level(house, researcher, story) is Level.NOTHING
    house.trust.attest(CARETAKER, story.testimony_id, of, Event.DEATH)
    clock.advance(days=89)
    assert level(house, researcher, story) is Level.NOTHING
    with pytest.raises(NotHereError):
        house.wishes.change_terms(delegate, story.testimony_id, SILENCE, of)

    clock.advance(days=1)

    assert level(house, researcher, story) is Level.VOICE
    house.wishes.change_terms(delegate, story.testimony_id, SILENCE, of)
    assert level(house, researcher, story) is Level.NOTHING


def test_a_narrator_who_comes_is_alive(house, deposit, clock):
    story = deposit()
    of = story.actor.narrator_id
    code = house.trust.entrust_new(
        story.actor, story.testimony_id, frozenset({Power.DECIDE}), "es"
    )
    delegate = Narrator(house.entrance.recognise(code)[0])
    house.trust.attest(delegate, story.testimony_id, of, Event.INCAPACITY)
    house.trust.attest(CARETAKER, story.testimony_id, of, Event.INCAPACITY)

    house.trust.alive(story.actor, story.testimony_id)
    clock.advance(days=365)

    assert not house.wishes.consent(story.actor, story.testimony_id).incapable
    with pytest.raises(NotHereError):
        house.wishes.change_terms(delegate, story.testimony_id, OPEN, of)


def test_nobody_else_attests_anything(house, deposit):
    story = deposit("public")
    of = story.actor.narrator_id
    for actor in (Anyone(), Narrator("0" * 32), attested("f" * 32, RESEARCHERS)):
        with pytest.raises(NotHereError):
            house.trust.attest(actor, story.testimony_id, of, Event.DEATH)
    with pytest.raises(NotHereError):
        house.trust.attest(story.actor, story.testimony_id, of, Event.DEATH)


def test_a_circle_hears_while_its_narrator_says_who_is_in_it(
    house, deposit, person, clock
):
    story = deposit()
    circle = house.trust.new_circle(story.actor)
    friend = person("researcher")
    terms = Terms(permissions={circle: Permission(level=Level.VOICE)})
    house.wishes.change_terms(story.actor, story.testimony_id, terms)
    assert level(house, friend, story) is Level.NOTHING

    house.trust.add_to_circle(story.actor, circle.identifier, friend.person_id, 30)
    again = house.sessions.actor(friend.token)
    assert level(house, again, story) is Level.VOICE
    assert house.trust.circles(story.actor) == {circle.identifier: [friend.person_id]}

    house.trust.take_from_circle(story.actor, circle.identifier, friend.person_id)
    gone = house.sessions.actor(friend.token)
    assert level(house, gone, story) is Level.NOTHING
    assert circle in gone.formerly

    stranger = deposit()
    with pytest.raises(TrustError):
        house.trust.add_to_circle(
            stranger.actor, circle.identifier, friend.person_id, 30
        )


def test_a_wall_stands_for_who_was_in_the_circle_once(house, deposit, person):
    story = deposit()
    circle = house.trust.new_circle(story.actor)
    neighbour = person("researcher")
    house.trust.add_to_circle(story.actor, circle.identifier, neighbour.person_id, 30)
    house.trust.take_from_circle(story.actor, circle.identifier, neighbour.person_id)
    walled = Terms(permissions=OPEN.permissions, never=frozenset({circle}))

    house.wishes.change_terms(story.actor, story.testimony_id, walled)

    assert level(house, Anyone(), story) is Level.VOICE
    now = house.sessions.actor(neighbour.token)
    assert level(house, now, story) is Level.NOTHING


def test_one_person_attests_only_once_whatever_they_are_made_meanwhile(
    house, deposit, person, clock
):
    story, caretaker = deposit("public"), person("caretaker")
    at = (story.testimony_id, story.actor.narrator_id, Event.DEATH)
    holder = f"person:{caretaker.person_id}"
    house.trust.attest(caretaker, *at)
    entrust = house.trust.entrust
    entrust(story.actor, story.testimony_id, holder, frozenset({Power.DECIDE}))
    house.trust.attest(caretaker, *at)
    clock.advance(days=91)
    assert not house.wishes.consent(story.actor, story.testimony_id).deceased

    entrust(story.actor, story.testimony_id, holder, frozenset())
    house.trust.attest(caretaker, *at)
    clock.advance(days=91)
    assert not house.wishes.consent(story.actor, story.testimony_id).deceased


def test_a_caretaker_does_not_attest_themself(house, person):
    caretaker = person("caretaker")

    with pytest.raises(ApplicationError):
        house.people.vet(caretaker, caretaker.person_id, 365)


def test_one_of_two_narrators_does_not_name_the_other_in_the_title(house, deposit):
    """It is no act: the other's history would say nothing of it."""
    story = deposit("public", title="El camino")
    code = house.trust.invite(story.actor, story.testimony_id, "es")
    other = Narrator(house.entrance.recognise(code)[0])
    house.wishes.change_terms(other, story.testimony_id, OPEN)

    with pytest.raises(NotAloneError):
        house.wishes.describe(
            other, story.testimony_id, Description(title="Juana Pérez")
        )

    assert house.catalogue.card(Anyone(), story.testimony_id).title == "El camino"
    house.wishes.describe(other, story.testimony_id, Description())
    assert house.catalogue.card(Anyone(), story.testimony_id).title == ""
    with pytest.raises(NotAloneError):
        house.wishes.describe(
            story.actor, story.testimony_id, Description(title="El camino")
        )
    house.wishes.erase(other, story.testimony_id)
    house.wishes.describe(
        story.actor, story.testimony_id, Description(title="El camino")
    )


def test_a_wall_before_a_circle_stands_when_whose_it_was_is_gone(
    house, deposit, person
):
    hers, mine = deposit("me"), deposit("public")
    circle = house.trust.new_circle(hers.actor)
    neighbour = person("researcher")
    circle_id = str(circle).removeprefix("circle:")
    house.trust.add_to_circle(hers.actor, circle_id, neighbour.person_id, 30)
    walled = Terms(permissions=OPEN.permissions, never=frozenset({circle}))
    house.wishes.change_terms(mine.actor, mine.testimony_id, walled)

    house.wishes.erase(hers.actor, hers.testimony_id)

    token = house.entrance.sign_in("researcher", "0123456789", "192.0.2.7")
    with pytest.raises(NotHereError):
        house.gate.disclosure(house.sessions.actor(token), mine.testimony_id)
