"""What an overview says of each audience is what the law gives to who is in it."""

from datetime import timedelta
from itertools import combinations, product

import pytest
from hypothesis import given

from consent.actors import Anyone, Membership, Person
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS, Audience
from consent.decisions import Release
from consent.levels import Level
from consent.overview import overview
from consent.parts import Part
from consent.rules import decide
from consent.standing import Answer, Consent
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span
from tests.consent.conftest import DAY, FOREVER, NOON, consents, moments, standing_of

FOUR = (CARETAKERS, COMMUNITY, RESEARCHERS, PUBLIC)
CONDITIONS = {
    "plain": {},
    "ask": {"ask_me": True},
    "opens then": {"not_before": NOON + DAY, "open_without_asking": True},
    "asks then": {"not_before": NOON + DAY},
    "opened": {"not_before": NOON - DAY, "open_without_asking": True},
    "due": {"not_before": NOON - DAY},
    "ends": {"until": NOON + DAY},
    "ended": {"until": NOON - DAY},
}


def someone(audience):
    """Return who is in one audience alone, not made by what is tried here."""
    if audience == PUBLIC:
        return Anyone()
    if audience.identifier and audience.kind.value == "person":
        return Person(audience.identifier)
    return Person("abc123", frozenset({Membership(audience, "a", FOREVER)}))


def check(standing, now):
    """Compare every line of an overview with the law."""
    found = overview(standing, "a", now)
    for each in found.given:
        who = someone(each.audience)
        has = {
            part
            for part in Part
            if isinstance(decide(standing, who, part, now), Release)
        }
        assert each.known == (Part.DESCRIPTION in has)
        assert each.read == (Part.TRANSCRIPT in has)
        assert each.altered == (Part.ALTERED_AUDIO in has)
        assert each.heard == (Part.AUDIO in has)
    named = {each.audience for each in found.given}
    for audience in {*FOUR, *standing.consents[0].terms.permissions}:
        if audience not in named and str(audience) != "transcriber":
            # Who is not named has what anyone has, and nothing of their own.
            assert audience not in standing.consents[0].terms.permissions
    if found.alone:
        for audience in FOUR:
            for part in Part:
                told = decide(standing, someone(audience), part, now)
                assert not isinstance(told, Release)
    return found


SETS = [each for n in range(5) for each in combinations(FOUR, n)]


@pytest.mark.parametrize("audiences", SETS, ids=lambda s: "+".join(map(str, s)) or "-")
def test_every_set_of_audiences_at_every_level_on_every_condition(audiences):
    for level, condition, approved in product(Level, CONDITIONS, (False, True)):
        permission = Permission(level=level, **CONDITIONS[condition])
        terms = Terms(permissions=dict.fromkeys(audiences, permission))
        standing = standing_of(terms=terms, transcript_approved=approved)

        found = check(standing, NOON)

        closed = condition in {"opens then", "asks then", "due", "ended"}
        assert found.alone == (not audiences or not level or closed)
        opens = condition == "opens then" and audiences and level
        assert (found.opens is not None) == bool(opens)


def test_two_audiences_with_other_levels_and_a_wall():
    for one, other in product(Level, Level):
        for wall in FOUR:
            terms = Terms(
                permissions={
                    RESEARCHERS: Permission(level=one, ask_me=True),
                    PUBLIC: Permission(level=other),
                },
                never=frozenset({wall}),
            )
            check(standing_of(terms=terms, transcript_approved=True), NOON)


@given(consents, moments)
def test_whatever_was_said_an_overview_says_what_the_law_gives(consent, now):
    check(standing_of(consent), now)


def test_whoever_was_given_a_yes_is_counted_until_it_ends():
    terms = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)})
    yes = Answer("e1", Level.WORDS, NOON + DAY)
    standing = standing_of(
        Consent(narrator_id="a", terms=terms, answers=(yes,), transcript_approved=True)
    )

    assert overview(standing, "a", NOON).answered == 1
    assert overview(standing, "a", NOON + 2 * DAY).answered == 0
    (anyone, researchers) = sorted(
        overview(standing, "a", NOON).given, key=lambda each: str(each.audience)
    )
    assert not anyone.known
    assert researchers.asks


def test_a_yes_to_one_person_counts_for_that_person_alone():
    friend = Audience.parse("person:e1")
    terms = Terms(permissions={friend: Permission(level=Level.VOICE, ask_me=True)})
    answers = tuple(Answer(each, Level.VOICE, NOON + DAY) for each in ("e1", "e2"))
    standing = standing_of(Consent(narrator_id="a", terms=terms, answers=answers))

    assert overview(standing, "a", NOON).answered == 1


def test_nothing_of_the_other_narrators_words_is_in_it():
    mine = Consent(
        narrator_id="a",
        terms=Terms(permissions={PUBLIC: Permission(level=Level.VOICE)}),
    )
    said = [
        Consent(narrator_id="b"),
        Consent(narrator_id="b", withdrawn=True),
        Consent(narrator_id="b", terms=Terms(never=frozenset({PUBLIC}))),
    ]

    assert len({overview(standing_of(mine, each), "a", NOON) for each in said}) == 1


def test_a_passage_taken_out_is_said():
    terms = Terms(
        permissions={PUBLIC: Permission(level=Level.VOICE)},
        passages=(Passage(span=Span(5, 9), level=Level.NOTHING),),
    )
    (anyone,) = overview(
        standing_of(terms=terms, transcript_approved=True), "a", NOON
    ).given

    assert anyone.lessened
    assert anyone.read


def test_the_next_day_on_which_it_opens_is_the_first():
    def opening(days):
        return Permission(
            level=Level.WORDS,
            not_before=NOON + timedelta(days),
            open_without_asking=True,
        )

    terms = Terms(permissions={PUBLIC: opening(9), COMMUNITY: opening(3)})

    assert overview(standing_of(terms=terms), "a", NOON).opens == (
        NOON + timedelta(3),
        COMMUNITY,
    )
