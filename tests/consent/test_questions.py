"""How a request stands, from the acts alone; and that it says what the law does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.actors import Narrator, Person
from consent.acts import (
    Answered,
    Asked,
    Delegated,
    Erased,
    ErasureAsked,
    Joined,
    Left,
    LeftToDelegate,
    Notice,
    PassedOn,
    TurnedAway,
    Withdrawn,
)
from consent.delegation import Power
from consent.history import standing_at
from consent.levels import Level
from consent.questions import State, questions
from consent.requests import for_the_asker, may_answer, tidied, within
from consent.timeline import Span

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
A, B, ADA = "a" * 32, "b" * 32, "f" * 32
JOINED = Joined(B, Notice("1", "es"))


def yes(request_id="1", narrator="", days=90, level=Level.VOICE, **said):
    until = DAY + timedelta(days=days)
    return Answered(request_id, ADA, level, until, narrator_id=narrator, **said)


def no(request_id="1", narrator="", **said):
    return Answered(request_id, ADA, Level.NOTHING, DAY, narrator_id=narrator, **said)


def states(acts, now=NOW, request_id="1", **more):
    found = questions(A, [(DAY, act) for act in acts], now, **more)[request_id]
    return {narrator: reply.state for narrator, reply in found.replies.items()}


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([], State.WAITING),
        ([PassedOn("1")], State.WAITING),
        ([TurnedAway("1")], State.TURNED_AWAY),
        ([yes()], State.YES),
        ([no()], State.NO),
        ([no(not_now=True)], State.NOT_NOW),
        ([yes(), no()], State.NO),
        ([no(), yes()], State.YES),
        ([yes(), Withdrawn()], State.ENDED),
        ([yes(), ErasureAsked(DAY)], State.ENDED),
        ([LeftToDelegate("1")], State.LEFT),
        ([no(), LeftToDelegate("1")], State.LEFT),
        ([LeftToDelegate("1"), yes(by_delegate=True)], State.YES),
        ([LeftToDelegate("1"), yes(by_delegate=True), no()], State.NO),
        ([Asked("2", ADA)], State.ANEW),
        ([yes(), Asked("2", ADA)], State.YES),
        ([yes(), Asked("2", ADA), no("2")], State.ENDED),
        ([yes(), Asked("2", ADA), yes("2")], State.ENDED),
        ([Asked("2", "e" * 32), Answered("2", "e" * 32, Level.NOTHING, DAY)], "same"),
        ([yes("unknown")], State.WAITING),
    ],
    ids=str,
)
def test_how_a_request_stands(acts, state):
    expected = State.WAITING if state == "same" else state

    assert states([Asked("1", ADA), *acts]) == {A: expected}


@pytest.mark.parametrize(
    ("days", "state"), [(0, State.WAITING), (60, State.WAITING), (61, State.SILENT)]
)
def test_silence_is_a_no_after_sixty_days(days, state):
    now = NOW + timedelta(days=days)

    assert states([Asked("1", ADA)], now) == {A: state}
    left = {State.WAITING: State.LEFT}.get(state, state)
    assert states([Asked("1", ADA), LeftToDelegate("1")], now) == {A: left}


def test_a_clock_set_back_does_not_bring_a_yes_back():
    late = datetime(2027, 3, 1, tzinfo=UTC)

    assert states([Asked("1", ADA), yes()], recorded_to=late) == {A: State.ENDED}


def test_a_yes_ends_with_the_first_moment_of_its_last_day():
    end = datetime(2027, 2, 21, tzinfo=UTC)
    acts = [Asked("1", ADA), yes()]

    assert states(acts, end - timedelta(seconds=1)) == {A: State.YES}
    assert states(acts, end) == {A: State.ENDED}


def test_each_narrator_answers_for_themself():
    acts = [JOINED, Asked("1", ADA), yes(narrator=B)]

    assert states(acts) == {A: State.WAITING, B: State.YES}
    assert states([*acts, Left(B)]) == {A: State.WAITING}
    assert questions(A, [(DAY, act) for act in [*acts, Erased()]], NOW) == {}


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([], State.WAITING),
        ([yes()], State.ANOTHER),
        ([yes(), no(narrator=B)], State.NO),
        ([yes(), no(narrator=B, not_now=True)], State.NOT_NOW),
        ([no(), yes(narrator=B)], State.NO),
        ([yes(), yes(narrator=B)], State.YES),
        ([yes(), LeftToDelegate("1", B)], State.ANOTHER),
        ([LeftToDelegate("1", B)], State.WAITING),
        ([yes(), yes(narrator=B), Withdrawn(B)], State.ENDED),
    ],
    ids=str,
)
def test_the_asker_hears_the_least_and_of_nobody(acts, state):
    acts = [JOINED, Asked("1", ADA), *acts]
    found = questions(A, [(DAY, act) for act in acts], NOW)["1"]
    standing = standing_at("0", A, acts, NOW)

    assert for_the_asker(found, standing, Person(ADA), NOW) is state


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["1", "2"]).map(lambda r: Asked(r, ADA)),
            st.builds(
                yes,
                st.sampled_from(["1", "2"]),
                st.sampled_from(["", A, B]),
                st.integers(-5, 90),
            ),
            st.builds(no, st.sampled_from(["1", "2"]), st.sampled_from(["", A, B])),
            st.builds(LeftToDelegate, st.sampled_from(["1", "2"])),
            st.sampled_from(["", A, B]).map(Withdrawn),
        ),
        max_size=12,
    )
)
def test_a_yes_is_told_exactly_where_the_law_has_one(acts):
    """Both are folds over the same acts; what is said must be what opens."""
    acts = [JOINED, Asked("1", ADA), Asked("2", ADA), *acts]
    acts = [a for n, a in enumerate(acts) if not (n > 2 and isinstance(a, Asked))]
    standing = standing_at("0", A, acts, NOW)
    found = questions(A, [(DAY, act) for act in acts], NOW)

    for narrator in (A, B):
        law = [a for a in standing.of(narrator).answers if NOW < a.until]
        told = [
            each.replies[narrator]
            for each in found.values()
            if each.replies[narrator].state is State.YES
        ]
        assert [(t.level, t.until) for t in told] == [(a.level, a.until) for a in law]


def test_a_delegate_answers_only_what_was_left_to_them():
    trusted = Delegated(f"person:{ADA[:-1]}0", frozenset({Power.ANSWER}))
    friend = Person(f"{ADA[:-1]}0")
    acts = [trusted, Asked("1", ADA)]

    def may(acts, actor, narrator=A):
        found = questions(A, [(DAY, act) for act in acts], NOW)["1"]
        return may_answer(standing_at("0", A, acts, NOW), found, narrator, actor, NOW)

    assert not may(acts, friend)
    assert may([*acts, LeftToDelegate("1")], friend)
    assert may([*acts, LeftToDelegate("1"), yes(by_delegate=True)], friend)
    assert not may([*acts, LeftToDelegate("1"), no()], friend)
    assert not may([*acts, LeftToDelegate("1")], Person(ADA))
    assert not may([*acts, LeftToDelegate("1")], Narrator(B))
    assert may(acts, Narrator(A))
    assert not may(acts, Narrator(A), B)


@pytest.mark.parametrize(
    ("spans", "others", "inside"),
    [
        ([], [], True),
        ([Span(0, 5)], [], True),
        ([], [Span(0, 5)], False),
        ([Span(1, 4)], [Span(0, 5)], True),
        ([Span(1, 6)], [Span(0, 5)], False),
        ([Span(1)], [Span(0)], True),
        ([Span(1, 2), Span(8, 9)], [Span(0, 5), Span(7)], True),
        ([Span(4, 8)], [Span(0, 5), Span(7)], False),
    ],
)
def test_minutes_are_within_others(spans, others, inside):
    assert within(spans, others) is inside


def test_minutes_are_put_in_order():
    assert tidied([Span(5, 9), Span(0, 3), Span(2, 4)]) == (Span(0, 4), Span(5, 9))
    assert tidied([Span(0, 3), Span(3)]) == ()
    assert tidied([]) == ()
