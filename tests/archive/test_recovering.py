"""A way back for a lost code: chosen beforehand, by two, after days, or not at all."""

from datetime import timedelta

import pytest

from archive.access import FrozenError, LockedError, NotHereError
from archive.claims import new_claim_code
from archive.entrance import WrongCodeError
from archive.sessions import PERSON
from consent.actors import Anyone, Narrator
from consent.parts import Part


class Walk:
    """A narrator who chose a way back, and the two whom it takes."""

    def __init__(self, house, story, person) -> None:
        self.house, self.story = house, story
        self.own = self.enter(story.code)
        self.caretaker = person("caretaker", "caretaker")
        words = house.recovery.choose(self.own, story.testimony_id, "", "es")
        self.trusted = self.enter(words)
        [found] = house.recovery.in_hand(self.trusted)
        self.id = found.recovery_id

    def enter(self, code):
        token = self.house.entrance.enter(code, "192.0.2.1")
        return self.house.sessions.actor(token)

    def asked_by_both(self):
        self.house.recovery.ask(self.trusted, self.id)
        self.house.recovery.confirm(self.caretaker, self.id)

    def renew(self):
        return self.house.recovery.renew(self.trusted, self.id, "es")

    def chosen(self):
        return self.house.recovery.chosen(self.own, self.story.testimony_id)

    def leaves(self):
        self.house.sessions.end_all(self.own.narrator_id)


@pytest.fixture
def walk(house, deposit, person):
    return Walk(house, deposit(title="Mi camino"), person)


def test_nothing_is_chosen_until_the_narrator_does(house, deposit, person):
    story = deposit()

    assert house.recovery.chosen(story.actor, story.testimony_id) is None
    assert house.recovery.in_hand(person("caretaker")) == []


def test_two_ask_days_pass_and_the_new_code_opens_what_the_old_did(
    house, walk, clock, recording
):
    walk.asked_by_both()
    clock.advance(days=14)
    walk.trusted = walk.house.sessions.actor(
        house.sessions.begin(
            "narrator",
            walk.trusted.narrator_id,
            house.sessions.claim_of(walk.trusted.narrator_id),
        )
    )
    code = walk.renew()

    with pytest.raises(WrongCodeError):
        walk.enter(walk.story.code)
    again = walk.enter(code)
    assert again.narrator_id == walk.own.narrator_id
    house.lock.lock()
    again = walk.enter(code)
    whole = house.gate.whole(again, walk.story.testimony_id, Part.ORIGINAL)
    assert whole == recording
    assert house.recovery.chosen(again, walk.story.testimony_id) is None
    with pytest.raises(NotHereError):
        walk.renew()


@pytest.mark.parametrize("days", [0, 1, 13])
def test_not_before_its_days_have_passed(walk, clock, days):
    walk.asked_by_both()
    clock.advance(days=days)

    with pytest.raises(NotHereError):
        walk.renew()
    walk.leaves()
    assert walk.enter(walk.story.code)


@pytest.mark.parametrize("who", ["nobody", "trusted", "caretaker"])
def test_one_alone_is_not_enough(house, walk, clock, who):
    if who == "trusted":
        house.recovery.ask(walk.trusted, walk.id)
    if who == "caretaker":
        with pytest.raises(NotHereError):
            house.recovery.confirm(walk.caretaker, walk.id)
    clock.advance(days=1000)

    with pytest.raises(NotHereError):
        walk.renew()


def test_the_days_count_from_the_later_of_the_two(house, walk, clock):
    house.recovery.ask(walk.trusted, walk.id)
    clock.advance(days=10)
    caretaker = house.sessions.actor(
        house.sessions.begin(PERSON, walk.caretaker.person_id)
    )
    house.recovery.confirm(caretaker, walk.id)
    clock.advance(days=13)

    with pytest.raises(NotHereError):
        walk.renew()


def test_whoever_has_the_old_code_stops_it(house, walk, clock):
    walk.asked_by_both()
    clock.advance(days=13)
    walk.own = walk.enter(walk.story.code)
    assert walk.chosen().asked_on

    house.recovery.stop(walk.own, walk.story.testimony_id)

    clock.advance(days=100)
    with pytest.raises(NotHereError):
        walk.renew()
    assert walk.chosen().asked_on is None


def test_its_narrator_ends_it(house, walk, clock):
    walk.asked_by_both()
    house.recovery.end(walk.own, walk.story.testimony_id)
    clock.advance(days=100)

    assert walk.chosen() is None
    for actor in (walk.trusted, walk.caretaker):
        assert house.recovery.in_hand(actor) == []
        with pytest.raises(NotHereError):
            house.recovery.renew(actor, walk.id, "es")


def test_for_everyone_else_there_is_none(house, walk, deposit, person):
    walk.asked_by_both()
    other = deposit()
    others = (Anyone(), other.actor, Narrator("0" * 32), person("researcher"), walk.own)
    for actor in others:
        assert house.recovery.in_hand(actor) == []
        for deed in (house.recovery.ask, house.recovery.confirm):
            with pytest.raises(NotHereError):
                deed(actor, walk.id)
        with pytest.raises(NotHereError):
            house.recovery.renew(actor, walk.id, "es")
    for actor in (Anyone(), other.actor, walk.trusted, walk.caretaker):
        for deed in (house.recovery.chosen, house.recovery.end, house.recovery.stop):
            with pytest.raises(NotHereError):
                deed(actor, walk.story.testimony_id)
        with pytest.raises(NotHereError):
            house.recovery.choose(actor, walk.story.testimony_id, "", "es")
    for wrong in ("0" * 32, "", "../ledger", walk.id.upper() + "\0"):
        with pytest.raises(NotHereError):
            house.recovery.ask(walk.trusted, wrong)


def test_whom_one_trusts_hears_nothing_until_then(house, walk):
    walk.asked_by_both()

    for part in Part:
        with pytest.raises(NotHereError):
            house.gate.whole(walk.trusted, walk.story.testimony_id, part)
    assert house.catalogue.of_narrator(walk.trusted) == []


def test_a_caretaker_who_is_trusted_is_still_one_person(house, deposit, person):
    story, both = deposit(), person("caretaker", "both")
    own = house.sessions.actor(house.entrance.enter(story.code, "192.0.2.1"))
    holder = f"person:{both.person_id}"
    house.recovery.choose(own, story.testimony_id, holder, "es")
    [found] = house.recovery.in_hand(both)
    house.recovery.ask(both, found.recovery_id)

    with pytest.raises(NotHereError):
        house.recovery.confirm(both, found.recovery_id)


@pytest.mark.parametrize("holder", ["person:" + "0" * 32, "narrator:x", "caretakers"])
def test_nobody_is_named_who_is_not_there(house, deposit, holder):
    story = deposit()
    own = house.sessions.actor(house.entrance.enter(story.code, "192.0.2.1"))

    with pytest.raises(NotHereError):
        house.recovery.choose(own, story.testimony_id, holder, "es")
    oneself = f"narrator:{own.narrator_id}"
    with pytest.raises(NotHereError):
        house.recovery.choose(own, story.testimony_id, oneself, "es")


def test_what_the_archive_cannot_open_nobody_brings_back(house, walk, clock):
    house.wishes.leave_archive_out(walk.own, walk.story.testimony_id)
    walk.asked_by_both()
    clock.advance(days=14)

    with pytest.raises(LockedError):
        walk.renew()
    assert walk.enter(walk.story.code)


def test_nor_does_a_locked_archive(house, walk, clock):
    walk.asked_by_both()
    house.gate.keys.hold(None)
    clock.advance(days=14)

    with pytest.raises(LockedError):
        walk.renew()


def test_a_story_that_was_made_to_look_ones_own_is_not_wrapped_for_them(
    house, walk, deposit, clock, installation
):
    """Rows can be changed by who breaks into the web: what counts is what was opened."""
    other = deposit("me")
    with house.database.writing() as session:
        from archive.models.testimony import Testimony

        session.get_one(
            Testimony, other.testimony_id
        ).narrator_id = walk.own.narrator_id
    before = installation.keys.keyring.get(other.testimony_id)
    house.recovery.end(walk.own, walk.story.testimony_id)
    house.recovery.choose(
        walk.own, walk.story.testimony_id, f"person:{walk.caretaker.person_id}", "es"
    )

    [file] = installation.keys.recoveries.all()
    assert file.testimonies == (walk.story.testimony_id,)
    assert installation.keys.keyring.get(other.testimony_id) == before


def test_erasing_takes_it_along(house, walk, installation):
    house.wishes.erase(walk.own, walk.story.testimony_id)

    assert list(installation.keys.recoveries.all()) == []
    assert house.recovery.in_hand(walk.trusted) == []


def test_a_damaged_file_is_none(house, walk, installation):
    [path] = (installation.settings.keys / "recovery").iterdir()
    path.write_bytes(path.read_bytes().replace(b'"holder"', b'"hodler"'))

    assert walk.chosen() is None
    with pytest.raises(NotHereError):
        house.recovery.ask(walk.trusted, walk.id)


def test_days_that_rot_has_put_back_let_nobody_in_sooner(house, walk, clock):
    walk.asked_by_both()
    clock.advance(days=1)
    path = house.installation.settings.keys / "recovery" / f"{walk.id}.json"
    asked = walk.chosen().asked_on.isoformat()
    path.write_text(path.read_text().replace(asked, f"1{asked[1:]}"))

    assert walk.chosen() is None
    with pytest.raises(NotHereError):
        walk.renew()


def test_several_narrators_keep_theirs(house, deposit, person, clock, recording):
    story = deposit()
    second = house.trust.invite(story.actor, story.testimony_id, "es")
    walk = Walk(house, story, person)
    walk.asked_by_both()
    clock.advance(days=14)
    walk.trusted = Narrator(walk.trusted.narrator_id)
    code = walk.renew()

    house.lock.lock()
    for each in (code, second):
        actor = walk.enter(each)
        assert house.gate.whole(actor, story.testimony_id, Part.ORIGINAL) == recording
    with pytest.raises(WrongCodeError):
        walk.enter(new_claim_code())


def test_while_it_is_frozen_nobody_is_given_a_way_to_it(house, walk, clock):
    """Who is made to pause, or to enter with a duress code, cannot stop it meanwhile."""
    walk.asked_by_both()
    clock.advance(days=10)
    walk.own = walk.enter(walk.story.code)
    house.wishes.freeze(walk.own)

    with pytest.raises(FrozenError):
        house.recovery.choose(walk.own, walk.story.testimony_id, "", "es")
    ends = clock().date() + timedelta(days=30)
    assert walk.chosen().ready_on == ends
    clock.advance(days=29)
    assert not house.recovery.in_hand(walk.trusted)[0].is_ready
    with pytest.raises(NotHereError):
        walk.renew()
    clock.advance(days=1)
    assert house.recovery.in_hand(walk.trusted)[0].is_ready


def test_a_clock_that_is_behind_shortens_no_days(house, walk, clock):
    known = clock.time
    clock.time = known - timedelta(days=40)
    walk.asked_by_both()
    clock.time = known

    with pytest.raises(NotHereError):
        walk.renew()
    assert walk.chosen().ready_on == known.date() + timedelta(days=14)
