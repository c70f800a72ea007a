"""Asking, answering, leaving to a delegate, sorting: every state and every refusal."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from archive import ledger
from archive.access import NotHereError
from archive.answers import Choice, Said
from archive.models.act import ActRow
from archive.models.request import RequestRow
from archive.models.testimony import Narrator as NarratorRow
from archive.questions import RequestError
from archive.requests import Wanted
from archive.sorting import TurnedAwayReason
from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.acts import Attested, Changed, Delegated, Joined, LeftToDelegate, Notice
from consent.audiences import CARETAKERS, RESEARCHERS, Audience, AudienceKind
from consent.delegation import Attestor, Event, Power
from consent.levels import Level
from consent.parts import Part
from consent.questions import State
from consent.terms import Permission, Terms
from consent.timeline import Span
from storage.identities import parse_recipient

YES, NO = Said(choice=Choice.YES), Said(choice=Choice.NO)
NOT_NOW, TO_DELEGATE = Said(choice=Choice.NOT_NOW), Said(choice=Choice.TO_DELEGATE)
ASKED = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)})
LEARN = Wanted(purpose="to learn")


class Story:
    """A testimony whose researchers ask, one researcher, and one way to ask and look."""

    def __init__(self, house, made, researcher) -> None:
        self.house = house
        self.id = made.testimony_id
        self.narrator = made.actor
        self.researcher = researcher

    def ask(self, **said):
        wanted = Wanted(**{"purpose": "to learn", **said})
        return self.house.requests.ask(self.researcher, self.id, wanted)

    def answer(self, request_id, said, actor=None, **more):
        self.house.answers.answer(actor or self.narrator, request_id, said, **more)

    def asked(self, request_id):
        mine = self.house.requests.mine(self.researcher)
        (found,) = [each for each in mine if each.request_id == request_id]
        return found

    def received(self, request_id, actor=None):
        cards = self.house.inbox.of(actor or self.narrator, self.id)
        (found,) = [each for each in cards if each.request_id == request_id]
        return found

    def level(self, actor=None):
        try:
            found = self.house.gate.disclosure(actor or self.researcher, self.id)
        except NotHereError:
            return Level.NOTHING
        return found.level

    def append(self, act):
        with self.house.database.writing() as session:
            ledger.append(session, self.id, act, self.house.now())

    def acts(self):
        with self.house.database.reading() as session:
            return [
                row.kind
                for row in session.scalars(
                    select(ActRow)
                    .where(ActRow.testimony_id == self.id)
                    .order_by(ActRow.sequence)
                )
            ]


@pytest.fixture
def story(house, deposit, person):
    return Story(house, deposit("researchers"), person())


def refused(code, deed):
    with pytest.raises(RequestError) as found:
        deed()
    assert found.value.code == code


def test_a_request_reaches_its_narrator_and_no_one_else(story, house, deposit, person):
    spans = (Span(60_000, 120_000),)
    request_id = story.ask(purpose=" to learn ", spans=spans, level=Level.WORDS, days=7)
    other, caretaker = deposit(), person("caretaker")

    card = story.received(request_id)
    assert (card.name, card.affiliation) == ("Name of researcher", "College")
    assert (card.purpose, card.spans, card.days) == ("to learn", spans, 7)
    assert (card.level, card.reply.state) == (Level.WORDS, State.WAITING)
    assert card.asked_on == date(2026, 11, 23)
    assert story.asked(request_id).state is State.WAITING
    for actor in (
        other.actor,
        caretaker,
        story.researcher,
        Anyone(),
        Transcriber(),
        Renderer(),
    ):
        with pytest.raises(NotHereError):
            house.gate.purpose(actor, request_id)
        with pytest.raises(NotHereError):
            house.gate.who_asks(actor, request_id)
        with pytest.raises(NotHereError):
            house.inbox.of(actor, story.id)
        assert house.inbox.left_to(actor) == []


@pytest.mark.slow
def test_what_is_kept_of_a_request_says_nothing_in_the_clear(story):
    request_id = story.ask(purpose="mi tesis sobre el retorno")

    with story.house.database.reading() as session:
        row = session.get_one(RequestRow, request_id)
        act = session.scalars(select(ActRow).where(ActRow.kind == "asked")).one()
    assert row.purpose.startswith(b"age-encryption.org/v1")
    assert b"tesis" not in row.purpose
    assert "tesis" not in act.document
    assert (row.asked_level, row.asked_days, row.reason) == ("VOICE", 90, None)


def test_what_cannot_be_asked_says_why(story):
    many = tuple(Span(n, n + 1) for n in range(0, 42, 2))
    for change, code in (
        ({"purpose": " \n"}, "purpose"),
        ({"purpose": "x" * 301}, "purpose-long"),
        ({"level": Level.EXISTENCE}, "level"),
        ({"level": Level.NOTHING}, "level"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"days": -1}, "days"),
        ({"spans": (Span(0, 1 << 41),)}, "span"),
        ({"spans": (Span(1 << 41),)}, "span"),
        ({"spans": many}, "span"),
    ):
        refused(code, lambda change=change: story.ask(**change))
    assert story.acts() == ["given"]
    story.ask(purpose="x" * 300, days=365, spans=many[:20])


@pytest.mark.slow
def test_nobody_asks_for_what_they_may_not_know_of(story, house, deposit, person):
    hidden, opened = deposit(), deposit("public")
    member = person("community")

    for actor, testimony_id in (
        (story.researcher, hidden.testimony_id),
        (story.researcher, opened.testimony_id),
        (story.researcher, "0" * 32),
        (member, story.id),
        (story.narrator, story.id),
        (Anyone(), story.id),
        (Transcriber(), story.id),
    ):
        with pytest.raises(NotHereError):
            house.requests.ask(actor, testimony_id, LEARN)
    for actor in (story.narrator, Anyone()):
        with pytest.raises(NotHereError):
            house.requests.mine(actor)


@pytest.mark.slow
def test_any_person_whose_terms_say_so_may_ask(story, house, person):
    member = person("community")
    audience = Audience(AudienceKind.PERSON, member.person_id)
    one = Terms(permissions={audience: Permission(level=Level.WORDS, ask_me=True)})
    house.wishes.change_terms(story.narrator, story.id, one)

    request_id = house.requests.ask(member, story.id, LEARN)
    story.answer(request_id, YES)

    assert story.level(member) is Level.WORDS
    assert story.level() is Level.NOTHING


def test_what_a_narrator_can_answer(story):
    request_id = story.ask()
    assert story.level() is Level.EXISTENCE

    for said, state, level in (
        (YES, State.YES, Level.VOICE),
        (replace(YES, level=Level.WORDS), State.YES, Level.WORDS),
        (NO, State.NO, Level.EXISTENCE),
        (NOT_NOW, State.NOT_NOW, Level.EXISTENCE),
    ):
        story.answer(request_id, said)

        assert story.level() is level
        assert story.asked(request_id).state is state
        assert story.received(request_id).reply.state is state
        assert not story.house.sorting.waiting(None)


@pytest.mark.slow
def test_a_yes_may_be_for_fewer_minutes_and_a_shorter_time(story, clock):
    request_id = story.ask(spans=(Span(0, 600_000), Span(900_000)))
    told = replace(YES, spans=(Span(1_000, 2_000), Span(1_500, 9_000)), days=3)

    story.answer(request_id, told)

    asked = story.asked(request_id)
    assert asked.spans == (Span(1_000, 9_000),)
    assert (asked.level, asked.until) == (Level.VOICE, date(2026, 11, 26))
    found = story.house.gate.disclosure(story.researcher, story.id)
    assert found.timeline.at(1_000) is Level.VOICE
    assert found.timeline.at(9_000) is Level.EXISTENCE
    clock.time = datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC)
    assert story.level() is Level.VOICE
    clock.advance(seconds=1)
    assert story.level() is Level.EXISTENCE
    assert story.asked(request_id).state is State.ENDED


@pytest.mark.parametrize(
    ("asked", "said", "days"),
    [
        ({}, YES, 90),
        ({"days": 365}, YES, 90),
        ({"days": 30}, YES, 30),
        ({"days": 30}, replace(YES, days=365), 365),
        ({}, replace(YES, days=1), 1),
    ],
    ids=["90", "no more than 90", "as asked", "as said", "one"],
)
@pytest.mark.slow
def test_a_yes_lasts_ninety_days_unless_said(story, clock, asked, said, days):
    request_id = story.ask(**asked)
    story.answer(request_id, said)
    last = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days)

    clock.time = last - timedelta(seconds=1)
    assert (story.level(), story.asked(request_id).state) == (Level.VOICE, State.YES)
    clock.time = last
    story.house.people.attest(story.researcher.person_id, None, 365)
    assert story.level() in {Level.EXISTENCE, Level.NOTHING}
    assert story.received(request_id).reply.state is State.ENDED


def test_an_answer_that_is_none_changes_nothing(story):
    request_id = story.ask(level=Level.VOICE, spans=(Span(0, 9),))
    before = story.acts()

    for said, code in (
        (replace(YES, level=Level.EXISTENCE), "level"),
        (replace(YES, level=Level.NOTHING), "level"),
        (replace(YES, level=Level.IMAGE), "more-than-asked"),
        (replace(YES, spans=()), "more-than-asked"),
        (replace(YES, spans=(Span(8),)), "more-than-asked"),
        (replace(YES, spans=(Span(0, 10),)), "more-than-asked"),
        (replace(YES, days=0), "days"),
        (replace(YES, days=366), "days"),
        (replace(YES, seen=2), "changed"),
        (replace(YES, seen=0), "changed"),
        (TO_DELEGATE, "no-delegate"),
    ):
        refused(code, lambda said=said: story.answer(request_id, said))

    assert story.acts() == before
    assert story.received(request_id).reply.state is State.WAITING


def test_nobody_else_answers(story, house, deposit, person):
    request_id, other = story.ask(), deposit("researchers")
    caretaker = person("caretaker")

    for actor in (
        other.actor,
        caretaker,
        story.researcher,
        Narrator("0" * 32),
        Anyone(),
        Transcriber(),
    ):
        for said in (YES, NO, NOT_NOW, TO_DELEGATE):
            for narrator_id in ("", story.narrator.narrator_id, "0" * 32):
                with pytest.raises(NotHereError):
                    story.answer(request_id, said, actor, narrator_id=narrator_id)
    with pytest.raises(NotHereError):
        story.answer("0" * 32, YES)
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, testimony_id=other.testimony_id)
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, narrator_id=other.actor.narrator_id)
    assert story.acts() == ["given", "asked"]


def test_silence_for_sixty_days_is_a_no_that_can_still_be_changed(story, clock):
    request_id = story.ask()
    clock.advance(days=60)
    assert story.asked(request_id).state is State.WAITING
    assert story.house.requests.count_waiting() == 1

    clock.advance(days=1)
    assert story.asked(request_id).state is State.NO
    assert story.received(request_id).reply.state is State.SILENT
    assert story.house.requests.count_waiting() == 0
    assert story.house.sorting.waiting(None) == []
    story.answer(request_id, YES)
    assert story.asked(request_id).state is State.YES
    assert story.level() is Level.VOICE


@pytest.mark.slow
def test_an_answer_can_be_changed_any_day_and_bites_at_once(story, clock):
    request_id = story.ask()
    story.answer(request_id, YES)
    clock.advance(days=5)
    story.answer(request_id, NO)
    assert (story.level(), story.asked(request_id).state) == (
        Level.EXISTENCE,
        State.NO,
    )
    story.answer(request_id, replace(YES, level=Level.WORDS))
    assert story.level() is Level.WORDS
    assert story.asked(request_id).until == date(2027, 2, 26)
    story.answer(request_id, NOT_NOW)
    assert story.asked(request_id).state is State.NOT_NOW


@pytest.mark.slow
def test_one_waits_before_one_asks_again(story, clock):
    first = story.ask()
    refused("asked-already", story.ask)
    assert story.house.requests.waits(story.researcher, story.id)
    story.answer(first, NOT_NOW)
    assert not story.house.requests.waits(story.researcher, story.id)

    second = story.ask()
    refused("asked-already", story.ask)
    refused("asked-anew", lambda: story.answer(first, YES))
    story.house.sorting.turn_away(None, second, TurnedAwayReason.REPEATED)
    third = story.ask()
    story.answer(third, YES)
    fourth = story.ask()
    clock.advance(days=61)
    fifth = story.ask()

    assert len({first, second, third, fourth, fifth}) == 5
    assert [each.state for each in story.house.requests.mine(story.researcher)] == [
        State.WAITING,
        State.ANEW,
        State.YES,
        State.TURNED_AWAY,
        State.NOT_NOW,
    ]


@pytest.mark.slow
def test_the_last_answer_to_a_person_is_what_holds(story):
    first = story.ask(level=Level.VOICE)
    story.answer(first, YES)
    second = story.ask(level=Level.WORDS)
    assert story.level() is Level.VOICE
    assert story.received(second).earlier_yes
    refused("asked-anew", lambda: story.answer(first, YES))

    story.answer(second, YES)

    assert story.level() is Level.WORDS
    assert story.received(first).reply.state is State.ENDED
    assert story.asked(second).state is State.YES
    story.answer(second, NO)
    assert story.level() is Level.EXISTENCE


@pytest.mark.slow
def test_a_former_yes_can_be_taken_back_after_a_new_question(story):
    first = story.ask()
    story.answer(first, YES)
    second = story.ask()

    story.answer(first, NO)

    assert story.level() is Level.EXISTENCE
    assert story.received(second).reply.state is State.WAITING


def test_a_replayed_yes_opens_nothing_again(story):
    request_id = story.ask()
    seen = story.received(request_id).version
    story.answer(request_id, replace(YES, seen=seen))
    story.answer(request_id, NO)

    refused("changed", lambda: story.answer(request_id, replace(YES, seen=seen)))
    story.answer(request_id, replace(NO, seen=seen))

    assert story.level() is Level.EXISTENCE
    assert story.acts() == ["given", "asked", "answered", "answered"]


@pytest.mark.slow
def test_the_same_answer_twice_is_written_once(story):
    request_id = story.ask()
    for said in (NO, NO, YES, YES, NOT_NOW, NOT_NOW):
        story.answer(request_id, said)

    assert story.acts()[2:] == ["answered"] * 3


@pytest.mark.slow
def test_a_yes_that_would_open_nothing_is_not_taken(story, house):
    request_id = story.ask()
    house.wishes.change_terms(story.narrator, story.id, Terms())
    refused("closed", lambda: story.answer(request_id, YES))
    assert story.received(request_id).most is Level.NOTHING

    house.wishes.change_terms(story.narrator, story.id, ASKED)
    house.wishes.withdraw(story.narrator, story.id)
    refused("closed", lambda: story.answer(request_id, YES))
    story.answer(request_id, NO)
    house.wishes.restore(story.narrator, story.id)
    wall = Audience(AudienceKind.PERSON, story.researcher.person_id)
    house.wishes.change_terms(
        story.narrator, story.id, replace(ASKED, never=frozenset({wall}))
    )
    refused("closed", lambda: story.answer(request_id, YES))
    assert story.level() is Level.NOTHING


@pytest.mark.slow
def test_a_yes_gives_no_more_than_the_terms_as_they_stood(story, house):
    request_id = story.ask()
    words = Permission(level=Level.WORDS, ask_me=True)
    house.wishes.change_terms(
        story.narrator, story.id, Terms(permissions={RESEARCHERS: words})
    )
    assert story.received(request_id).most is Level.WORDS
    story.answer(request_id, YES)

    house.wishes.change_terms(story.narrator, story.id, ASKED)

    assert story.level() is Level.WORDS


@pytest.mark.slow
def test_withdrawing_ends_a_yes_for_good(story, house):
    request_id = story.ask()
    story.answer(request_id, YES)
    house.wishes.withdraw(story.narrator, story.id)
    assert house.requests.mine(story.researcher) == []
    house.wishes.restore(story.narrator, story.id)

    assert story.level() is Level.EXISTENCE
    assert story.asked(request_id).state is State.ENDED
    assert story.received(request_id).reply.state is State.ENDED


@pytest.fixture
def second(story, deposit):
    """Someone else who speaks in it, with terms like the first one's."""
    other = deposit().actor
    installation = story.house.installation
    with story.house.database.reading() as session:
        claims = [
            parse_recipient(session.get_one(NarratorRow, each.narrator_id).recipient)
            for each in (story.narrator, other)
        ]
    key = story.house.gate.keys.testimony(story.id, story.narrator)
    installation.keys.wrap(story.id, key, [installation.keys.recipient(), *claims])
    story.append(Joined(other.narrator_id, Notice("1", "es")))
    story.append(Changed(ASKED, None, other.narrator_id))
    return other


def test_two_narrators_answer_each_for_themself(story, second):
    request_id = story.ask(spans=(Span(0, 60_000),))
    story.answer(request_id, replace(YES, days=30))

    assert story.level() is Level.EXISTENCE
    assert story.asked(request_id).state is State.ANOTHER
    mine, others = story.received(request_id), story.received(request_id, second)
    assert (mine.reply.state, others.reply.state) == (State.YES, State.WAITING)
    assert mine.others
    assert others.others
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, second, narrator_id=story.narrator.narrator_id)

    less = replace(YES, level=Level.WORDS, spans=(Span(0, 9_000),), days=60)
    story.answer(request_id, less, second)
    asked = story.asked(request_id)
    assert (asked.state, asked.level) == (State.YES, Level.WORDS)
    assert (asked.spans, asked.until) == ((Span(0, 9_000),), date(2026, 12, 23))

    story.answer(request_id, NOT_NOW, second)
    assert story.level() is Level.EXISTENCE
    assert story.asked(request_id).state is State.NOT_NOW
    assert story.received(request_id).reply.state is State.YES


@pytest.mark.slow
def test_one_narrators_no_is_enough_and_is_told_of_nobody(story, second):
    request_id = story.ask()
    story.answer(request_id, NO, second)

    assert story.asked(request_id).state is State.NO
    assert story.received(request_id).reply.state is State.WAITING
    story.answer(request_id, YES)
    assert story.level() is Level.EXISTENCE
    assert story.asked(request_id).state is State.NO


@pytest.mark.slow
def test_a_narrator_who_does_not_want_to_be_asked_holds_nothing_up(story, second):
    opened = Terms(permissions={RESEARCHERS: Permission(level=Level.WORDS)})
    story.append(Changed(opened, None, second.narrator_id))
    request_id = story.ask()

    story.answer(request_id, YES)

    assert story.asked(request_id).state is State.YES
    assert story.level() is Level.WORDS


@pytest.fixture
def friend(deposit):
    """Whoever holds the code of another story, trusted with answering this one's."""
    return deposit().actor


def trust(story, holder, *powers, narrator_id=""):
    powers = frozenset(powers or {Power.ANSWER})
    story.append(Delegated(holder, powers, narrator_id))


def test_a_delegate_answers_what_was_left_and_hears_nothing(story, house, friend):
    request_id = story.ask()
    refused("no-delegate", lambda: story.answer(request_id, TO_DELEGATE))
    trust(story, f"narrator:{friend.narrator_id}")
    assert house.inbox.left_to(friend) == []
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, friend)

    assert story.received(request_id).can_leave
    story.answer(request_id, TO_DELEGATE)
    story.answer(request_id, TO_DELEGATE)

    assert story.acts()[-1] == "left_to_delegate"
    assert story.acts()[-2] == "delegated"
    assert story.asked(request_id).state is State.WAITING
    (card,) = house.inbox.left_to(friend)
    assert (card.name, card.purpose) == ("Name of researcher", "to learn")
    assert not card.can_leave
    refused("more-than-asked", lambda: _too_much(story, request_id, friend))
    with pytest.raises(NotHereError):
        story.answer(request_id, TO_DELEGATE, friend)
    story.answer(request_id, replace(YES, days=10), friend)

    assert story.level() is Level.VOICE
    assert story.received(request_id).reply.by_delegate
    for part in Part:
        with pytest.raises(NotHereError):
            house.gate.release(friend, story.id, part)
    assert story.level(friend) is Level.NOTHING
    story.answer(request_id, NO, friend)
    assert story.level() is Level.EXISTENCE


def _too_much(story, request_id, actor):
    story.answer(request_id, replace(YES, level=Level.IMAGE), actor)


@pytest.mark.slow
def test_a_narrators_own_word_ends_the_delegates(story, house, friend):
    trust(story, f"narrator:{friend.narrator_id}")
    request_id = story.ask()
    story.answer(request_id, TO_DELEGATE)
    story.answer(request_id, NO)

    assert house.inbox.left_to(friend) == []
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, friend)
    with pytest.raises(NotHereError):
        house.gate.purpose(friend, request_id)
    assert story.level() is Level.EXISTENCE


@pytest.mark.slow
def test_a_delegates_silence_is_a_no_too(story, house, friend, clock):
    trust(story, f"narrator:{friend.narrator_id}")
    request_id = story.ask()
    story.answer(request_id, TO_DELEGATE)
    clock.advance(days=61)

    assert house.inbox.left_to(friend) == []
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, friend)
    refused("late", lambda: story.answer(request_id, TO_DELEGATE))
    assert story.asked(request_id).state is State.NO


@pytest.mark.slow
def test_one_does_not_leave_a_yes_that_holds(story, friend):
    trust(story, f"narrator:{friend.narrator_id}")
    request_id = story.ask()
    story.answer(request_id, YES)

    refused("yes-holds", lambda: story.answer(request_id, TO_DELEGATE))
    story.answer(request_id, NO)
    story.answer(request_id, TO_DELEGATE)
    assert story.received(request_id).reply.state is State.LEFT


@pytest.mark.slow
def test_an_account_can_be_trusted_but_not_with_its_own_request(story, house, person):
    member = person("community")
    trust(story, f"person:{story.researcher.person_id}")
    request_id = story.ask()
    refused("no-delegate", lambda: story.answer(request_id, TO_DELEGATE))

    trust(story, f"person:{member.person_id}")
    story.answer(request_id, TO_DELEGATE)
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, story.researcher)
    assert house.inbox.left_to(story.researcher) == []
    assert [c.request_id for c in house.inbox.left_to(member)] == [request_id]
    story.answer(request_id, YES, member)
    assert story.level() is Level.VOICE


@pytest.mark.slow
def test_a_delegate_of_two_says_for_whom(story, second, friend, house):
    for narrator in (story.narrator, second):
        trust(
            story,
            f"narrator:{friend.narrator_id}",
            narrator_id=narrator.narrator_id,
        )
    request_id = story.ask()
    for narrator in (story.narrator, second):
        story.answer(request_id, TO_DELEGATE, narrator)
    assert len(house.inbox.left_to(friend)) == 2

    refused("whose", lambda: story.answer(request_id, YES, friend))
    story.answer(request_id, YES, friend, narrator_id=second.narrator_id)
    assert story.asked(request_id).state is State.ANOTHER
    story.answer(request_id, YES, friend, narrator_id=story.narrator.narrator_id)

    assert story.asked(request_id).state is State.YES


@pytest.mark.slow
def test_other_powers_do_not_answer(story, friend):
    trust(story, f"narrator:{friend.narrator_id}", Power.CLOSE, Power.DECIDE)
    request_id = story.ask()

    refused("no-delegate", lambda: story.answer(request_id, TO_DELEGATE))
    story.append(LeftToDelegate(request_id, story.narrator.narrator_id))
    with pytest.raises(NotHereError):
        story.answer(request_id, YES, friend)


@pytest.mark.slow
def test_who_decides_all_answers_once_the_narrator_cannot(story, friend, clock):
    trust(story, f"narrator:{friend.narrator_id}", Power.DECIDE)
    long_ago = date(2026, 1, 1)
    for attestor in Attestor:
        story.append(Attested(Event.INCAPACITY, attestor, long_ago))
    request_id = story.ask()

    assert len(story.house.inbox.left_to(friend)) == 1
    story.answer(request_id, YES, friend)
    assert story.level() is Level.VOICE


def test_a_caretaker_never_says_yes(story, house, person):
    """Not as a caretaker, nor named, nor once the narrator cannot: no way at all."""
    caretaker = person("caretaker")
    trust(story, f"person:{caretaker.person_id}", *Power)
    request_id = story.ask()
    story.answer(request_id, TO_DELEGATE)
    for attestor in Attestor:
        story.append(Attested(Event.INCAPACITY, attestor, date(2026, 1, 1)))

    for said in (YES, NO, NOT_NOW, TO_DELEGATE):
        for narrator_id in ("", story.narrator.narrator_id):
            with pytest.raises(NotHereError):
                story.answer(request_id, said, caretaker, narrator_id=narrator_id)
    house.sorting.pass_on(caretaker, request_id)
    house.sorting.turn_away(caretaker, request_id, TurnedAwayReason.OTHER)
    with pytest.raises(NotHereError):
        house.gate.purpose(caretaker, request_id)
    assert house.inbox.left_to(caretaker) == []
    assert story.level() is Level.EXISTENCE
    assert not hasattr(house.sorting, "answer")
    assert "answered" not in story.acts()


@pytest.mark.slow
def test_the_desk_sees_who_asks_and_passes_on(story, house, person, clock):
    caretaker, request_id = person("caretaker"), story.ask(purpose="mi tesis")
    clock.advance(days=3)

    (row,) = house.sorting.waiting(caretaker)
    assert (row.name, row.affiliation, row.days) == ("Name of researcher", "College", 3)
    assert "tesis" not in repr(row)
    (bare,) = house.sorting.waiting(None)
    assert (bare.name, bare.affiliation) == ("", "")
    for _ in range(2):
        house.sorting.pass_on(caretaker, request_id)

    assert story.acts().count("passed_on") == 1
    assert story.received(request_id).passed_on
    assert house.sorting.waiting(caretaker)[0].passed_on
    assert story.asked(request_id).state is State.WAITING
    assert story.level() is Level.EXISTENCE


@pytest.mark.slow
def test_what_is_turned_away_is_told_to_both_and_stays_so(story, house, person):
    caretaker, request_id = person("caretaker"), story.ask()

    for reason in (TurnedAwayReason.IDENTITY, TurnedAwayReason.OTHER):
        house.sorting.turn_away(caretaker, request_id, reason)

    assert story.acts().count("turned_away") == 1
    asked, received = story.asked(request_id), story.received(request_id)
    assert (asked.state, asked.reason) == (State.TURNED_AWAY, "identity")
    assert (received.reply.state, received.reason) == (State.TURNED_AWAY, "identity")
    assert not received.open
    assert house.sorting.waiting(caretaker) == []
    for said in (YES, NO, NOT_NOW, TO_DELEGATE):
        refused("turned-away", lambda said=said: story.answer(request_id, said))
    refused("answered", lambda: house.sorting.pass_on(caretaker, request_id))


@pytest.mark.slow
def test_a_caretaker_does_not_undo_what_was_answered(story, house, person):
    caretaker, request_id = person("caretaker"), story.ask()
    story.answer(request_id, YES)

    for deed in (
        lambda: house.sorting.turn_away(caretaker, request_id, TurnedAwayReason.OTHER),
        lambda: house.sorting.pass_on(caretaker, request_id),
    ):
        refused("answered", deed)
    assert story.level() is Level.VOICE


@pytest.mark.slow
def test_a_caretaker_does_not_sort_their_own_request(story, house, person):
    caretaker = person("caretaker")
    asked = Terms(permissions={CARETAKERS: Permission(level=Level.WORDS, ask_me=True)})
    house.wishes.change_terms(story.narrator, story.id, asked)
    request_id = house.requests.ask(caretaker, story.id, LEARN)

    assert house.sorting.waiting(caretaker)[0].own
    refused("own", lambda: house.sorting.pass_on(caretaker, request_id))
    refused(
        "own",
        lambda: house.sorting.turn_away(caretaker, request_id, TurnedAwayReason.OTHER),
    )


@pytest.mark.slow
def test_nobody_else_sorts(story, house, friend):
    request_id = story.ask()

    for actor in (story.narrator, story.researcher, friend, Anyone(), Person("0" * 32)):
        with pytest.raises(NotHereError):
            house.sorting.waiting(actor)
        with pytest.raises(NotHereError):
            house.sorting.pass_on(actor, request_id)
        with pytest.raises(NotHereError):
            house.sorting.turn_away(actor, request_id, TurnedAwayReason.OTHER)
    for deed in (
        lambda: house.sorting.pass_on(None, "0" * 32),
        lambda: house.sorting.turn_away(None, "0" * 32, TurnedAwayReason.OTHER),
    ):
        with pytest.raises(NotHereError):
            deed()
    assert story.acts() == ["given", "asked"]


def at_once(*deeds):
    """Do all at the same time; return what each raised, or nothing."""
    barrier, raised = threading.Barrier(len(deeds)), [None] * len(deeds)

    def one(number, deed):
        barrier.wait()
        try:
            deed()
        except (RequestError, NotHereError) as error:
            raised[number] = error

    threads = [threading.Thread(target=one, args=each) for each in enumerate(deeds)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return raised


@pytest.mark.usefixtures("database")
@pytest.mark.slow
def test_of_two_answers_at_once_only_one_was_looked_at(story):
    request_id = story.ask()
    seen = story.received(request_id).version
    said = [replace(YES, seen=seen, days=days) for days in (10, 20)]

    raised = at_once(*(lambda s=s: story.answer(request_id, s) for s in said))

    assert sorted(str(each) for each in raised) == ["None", "changed"]
    assert story.acts().count("answered") == 1
    assert story.level() is Level.VOICE


@pytest.mark.usefixtures("database")
@pytest.mark.slow
def test_a_no_wins_over_the_yes_of_a_delegate_at_once(story, friend):
    trust(story, f"narrator:{friend.narrator_id}")
    request_id = story.ask()
    story.answer(request_id, TO_DELEGATE)

    at_once(
        lambda: story.answer(request_id, NO),
        lambda: story.answer(request_id, YES, friend),
    )

    assert story.level() is Level.EXISTENCE
    assert story.received(request_id).reply.state is State.NO


@pytest.mark.usefixtures("database")
@pytest.mark.slow
def test_one_asks_once_however_often_the_button_is_pressed(story):
    raised = at_once(*[story.ask] * 4)

    assert sorted(str(each) for each in raised) == ["None", *["asked-already"] * 3]
    assert story.acts() == ["given", "asked"]


@pytest.mark.usefixtures("database")
@pytest.mark.slow
def test_an_answer_and_a_turning_away_at_once_are_never_both(story, house):
    request_id = story.ask()

    raised = at_once(
        lambda: story.answer(request_id, YES),
        lambda: house.sorting.turn_away(None, request_id, TurnedAwayReason.OTHER),
    )

    assert [each is None for each in raised].count(True) == 1
    assert len({"answered", "turned_away"} & set(story.acts())) == 1


@pytest.mark.slow
def test_requests_go_with_what_is_erased(story, house):
    request_id = story.ask()
    house.wishes.erase(story.narrator, story.id)

    with house.database.reading() as session:
        assert session.get(RequestRow, request_id) is None
    assert house.sorting.waiting(None) == []
    assert house.requests.mine(story.researcher) == []
    with pytest.raises(NotHereError):
        story.answer(request_id, NO)
