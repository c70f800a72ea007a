"""Names to look testimonies up by: too wide is slow, too narrow would hide one."""

from datetime import timedelta

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from consent.actors import Anyone, Narrator
from consent.acts import Changed, Erased, Given, Joined, Left, Withdrawn
from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS
from consent.decisions import Release
from consent.history import standing_at
from consent.levels import Level
from consent.parts import Part
from consent.reach import BEFORE_ALL, may_be_disguised, names_of, reach, turns
from consent.rules import decide, disclosed
from consent.terms import SILENCE, Permission, Terms
from tests.consent.histories import NOTICE, TODAY, histories, moments, someone

HEARD = Permission(level=Level.VOICE)
DISGUISED = Permission(level=Level.ALTERED_VOICE)


def stands(acts, now, recorded_to=None):
    return standing_at("t", "a0", acts, now, recorded_to)


def reached(acts):
    return reach(stands(acts, BEFORE_ALL))


@settings(max_examples=300)
@given(histories(), someone(("a0", "b0")), moments, st.none() | moments)
@example(
    [Given(Terms(permissions={PUBLIC: HEARD}), NOTICE, TODAY.date())],
    Anyone(),
    TODAY + timedelta(days=1),
    None,
)
def test_whoever_is_given_anything_goes_by_one_of_the_names(
    acts, actor, now, recorded_to
):
    found = disclosed(stands(acts, now, recorded_to), actor, now)

    event("given something" if found.level else "given nothing")
    if found.level > Level.NOTHING:
        assert reached(acts) & names_of(actor)


@settings(max_examples=600)
@given(histories(), someone(("a0", "b0")), moments, moments)
@example(
    [Given(Terms(permissions={PUBLIC: DISGUISED}), NOTICE, TODAY.date())],
    Anyone(),
    TODAY - timedelta(days=1),
    TODAY + timedelta(days=1),
)
def test_whoever_hears_only_a_disguise_was_foreseen(acts, actor, one, other):
    early, late = sorted((one, other))
    standing = stands(acts, late)
    plain, disguised = (
        isinstance(decide(standing, actor, part, late), Release)
        for part in (Part.AUDIO, Part.ALTERED_AUDIO)
    )

    event("given a disguise" if disguised and not plain else "not given one")
    if disguised and not plain:
        assert may_be_disguised(stands(acts, early))


def test_no_disguise_is_foreseen_where_nobody_named_it():
    assert not may_be_disguised(stands([Given(SILENCE, NOTICE)], TODAY))
    heard = Given(Terms(permissions={PUBLIC: HEARD}), NOTICE)
    assert not may_be_disguised(stands([heard], TODAY))
    named = Given(Terms(permissions={PUBLIC: DISGUISED}), NOTICE)
    assert may_be_disguised(stands([named], TODAY))
    assert not may_be_disguised(stands([named, Withdrawn()], TODAY))


@settings(max_examples=150)
@given(histories(), someone(("a0", "b0")), moments, moments)
def test_between_two_turns_nothing_turns(acts, actor, one, other):
    early, late = sorted((one, other))
    if any(early < turn <= late for turn in turns(acts)):
        return

    assert stands(acts, early) == stands(acts, late)


@settings(max_examples=300)
@given(histories(), someone(("a0", "b0")), moments, moments)
def test_a_decision_lasts_until_it_says_or_until_a_turn(acts, actor, one, other):
    early, late = sorted((one, other))
    found = disclosed(stands(acts, early), actor, early)
    if any(early < turn <= late for turn in turns(acts)):
        return
    if found.valid_until is not None and found.valid_until <= late:
        return

    event("given something" if found.level else "given nothing")
    assert disclosed(stands(acts, late), actor, late) == found


@settings(max_examples=300)
@given(histories(), moments, moments)
def test_terms_change_no_sooner_than_a_consent_says(acts, one, other):
    early, late = sorted((one, other))
    for before, after in zip(
        stands(acts, early).consents, stands(acts, late).consents, strict=True
    ):
        if before.changes is None or late < before.changes:
            assert (after.terms, after.awaited) == (before.terms, before.awaited)


def test_a_sealed_testimony_is_its_narrators_alone():
    assert reached([Given(SILENCE, NOTICE)]) == {"narrator:a0"}
    assert names_of(Narrator("a0")) == {"public", "narrator:a0"}


def test_of_two_narrators_the_narrower_names():
    opened = Given(Terms(permissions={PUBLIC: HEARD, RESEARCHERS: HEARD}), NOTICE)
    narrower = Changed(Terms(permissions={COMMUNITY: HEARD}), None, "b0")

    found = reached([opened, Joined("b0", NOTICE), narrower])

    assert found == {"community", "narrator:a0", "narrator:b0"}


def test_what_was_closed_names_no_one_else():
    opened = Given(Terms(permissions={PUBLIC: HEARD}), NOTICE)

    assert reached([opened, Withdrawn()]) == {"narrator:a0"}
    assert reached([opened, Left("a0")]) == frozenset()
    assert reached([opened, Erased()]) == frozenset()
