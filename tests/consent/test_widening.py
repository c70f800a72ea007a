"""Close now, open slowly: what holds while a wider change cools off, by example."""

from dataclasses import replace

import pytest

from consent.audiences import COMMUNITY, PUBLIC, RESEARCHERS, TRANSCRIBER, Audience
from consent.levels import Level, Naming, Use
from consent.terms import SILENCE, Passage, Permission, Terms
from consent.timeline import Span
from consent.widening import least, while_cooling, widens_slowly
from tests.consent.conftest import DAY, NOON

VOICE, WORDS = Permission(level=Level.VOICE), Permission(level=Level.WORDS)
SISTER = Audience.parse("person:51")
SPAN = Span(5, 9)


def opened(permission=VOICE, **said):
    return Terms(permissions={PUBLIC: permission}, **said)


def lowered(**said):
    return Passage(span=SPAN, **{"level": Level.NOTHING, **said})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (VOICE, WORDS, WORDS),
        (
            Permission(level=Level.VOICE, uses=frozenset({Use.QUOTE, Use.PERFORM})),
            Permission(level=Level.VOICE, uses=frozenset({Use.QUOTE, Use.DOWNLOAD})),
            Permission(level=Level.VOICE, uses=frozenset({Use.QUOTE})),
        ),
        (replace(VOICE, ask_me=True), VOICE, replace(VOICE, ask_me=True)),
        (replace(VOICE, until=NOON), VOICE, replace(VOICE, until=NOON)),
        (
            replace(VOICE, until=NOON),
            replace(VOICE, until=NOON + DAY),
            replace(VOICE, until=NOON),
        ),
        (replace(VOICE, not_before=NOON), VOICE, replace(VOICE, not_before=NOON)),
        (
            replace(VOICE, not_before=NOON, open_without_asking=True),
            replace(VOICE, not_before=NOON + DAY, open_without_asking=True),
            replace(VOICE, not_before=NOON + DAY, open_without_asking=True),
        ),
        (
            replace(VOICE, not_before=NOON, open_without_asking=True),
            VOICE,
            replace(VOICE, not_before=NOON, open_without_asking=True),
        ),
        (
            replace(VOICE, not_before=NOON, open_without_asking=True),
            replace(VOICE, not_before=NOON),
            replace(VOICE, not_before=NOON),
        ),
        # Leave to open without a date is no leave to lend to the other's date.
        (
            replace(VOICE, open_without_asking=True),
            replace(VOICE, not_before=NOON),
            replace(VOICE, not_before=NOON),
        ),
    ],
    ids=range(10),
)
def test_while_cooling_the_stricter_of_each_condition_holds(before, after, expected):
    for audience in (PUBLIC, COMMUNITY):
        one, other = (Terms(permissions={audience: p}) for p in (before, after))
        assert while_cooling(one, other).permissions == {audience: expected}
        assert while_cooling(other, one).permissions == {audience: expected}


def test_what_is_opened_to_others_holds_at_once():
    after = Terms(permissions={RESEARCHERS: VOICE, PUBLIC: VOICE, SISTER: VOICE})
    cooled = Terms(permissions={RESEARCHERS: VOICE, SISTER: VOICE})

    assert while_cooling(SILENCE, after) == cooled
    assert while_cooling(after, SILENCE) == SILENCE
    assert widens_slowly(SILENCE, after)
    assert not widens_slowly(SILENCE, cooled)
    assert not widens_slowly(after, cooled)


def test_a_wall_for_the_slow_stays_and_one_for_a_person_goes():
    before = Terms(never=frozenset({COMMUNITY, SISTER, TRANSCRIBER}))
    cooled = while_cooling(before, opened(never=frozenset({RESEARCHERS})))

    assert cooled.never == {COMMUNITY, RESEARCHERS}


def test_a_name_told_to_the_slow_waits_and_one_for_others_does_not():
    named = opened(naming=Naming.NAME)
    others = Terms(permissions={RESEARCHERS: VOICE}, naming=Naming.NAME)

    assert while_cooling(opened(), named) == opened()
    assert while_cooling(named, opened()) == opened()
    assert while_cooling(SILENCE, others) == others
    community = Terms(permissions={COMMUNITY: VOICE}, naming=Naming.NAME)
    assert while_cooling(SILENCE, community).naming is Naming.UNNAMED


@pytest.mark.parametrize(
    ("before", "held"),
    [
        (lowered(), lowered(level=Level.IMAGE, audiences={PUBLIC: Level.NOTHING})),
        (
            lowered(level=Level.IMAGE, audiences={PUBLIC: Level.WORDS}),
            lowered(level=Level.IMAGE, audiences={PUBLIC: Level.WORDS}),
        ),
        (
            lowered(
                audiences={PUBLIC: Level.IMAGE},
                never=frozenset({COMMUNITY, SISTER}),
            ),
            lowered(level=Level.IMAGE, never=frozenset({COMMUNITY})),
        ),
        (
            lowered(until=NOON, open_without_asking=True),
            lowered(
                level=Level.IMAGE,
                audiences={PUBLIC: Level.NOTHING},
                until=NOON,
                open_without_asking=True,
            ),
        ),
        (lowered(level=Level.IMAGE, audiences={RESEARCHERS: Level.NOTHING}), None),
        (lowered(level=Level.IMAGE, never=frozenset({SISTER})), None),
    ],
    ids=range(6),
)
def test_a_passage_that_is_lifted_goes_on_for_the_slow(before, held):
    cooled = while_cooling(opened(passages=(before,)), opened())

    assert cooled.passages == (() if held is None else (held,))
    assert widens_slowly(opened(passages=(before,)), opened()) is (held is not None)
    kept = opened(passages=(before,))
    assert while_cooling(kept, kept) == kept
    assert while_cooling(opened(), kept) == kept


def test_a_passage_changed_is_held_beside_what_it_becomes():
    asking = lowered(until=NOON)
    opening = lowered(until=NOON, open_without_asking=True)
    cooled = while_cooling(opened(passages=(asking,)), opened(passages=(opening,)))

    assert cooled.passages == (
        opening,
        replace(asking, level=Level.IMAGE, audiences={PUBLIC: Level.NOTHING}),
    )


def test_a_passage_that_is_kept_hides_none_that_is_lifted():
    kept = Passage(span=Span(1, 2), level=Level.WORDS)
    cooled = while_cooling(opened(passages=(kept, lowered())), opened(passages=(kept,)))

    assert [each.span for each in cooled.passages] == [kept.span, SPAN]


def test_a_passage_waits_only_where_the_slow_are_given_something():
    researchers = Terms(permissions={RESEARCHERS: VOICE})

    before = replace(researchers, passages=(lowered(),))
    assert while_cooling(before, researchers) == researchers
    walled = replace(
        researchers, passages=(lowered(never=frozenset({PUBLIC}), level=Level.IMAGE),)
    )
    assert while_cooling(walled, researchers) == walled


# After death


def test_what_is_said_for_after_death_waits_too():
    after = replace(SILENCE, after_death=opened())

    assert while_cooling(SILENCE, after) == replace(SILENCE, after_death=Terms())
    assert widens_slowly(SILENCE, after)
    assert while_cooling(after, after) == after
    assert while_cooling(after, SILENCE) == SILENCE


def test_nothing_said_for_after_death_leaves_it_as_in_life():
    dies = opened(after_death=opened(WORDS))

    assert while_cooling(opened(), dies) == dies
    # Taking back what would have closed it then is a widening.
    assert while_cooling(dies, opened()) == dies
    assert widens_slowly(dies, opened())
    assert while_cooling(opened(WORDS), opened(after_death=opened())) == opened(
        WORDS, after_death=opened(WORDS)
    )
    # Said for after death as it is in life: nothing changes by taking it back.
    assert while_cooling(opened(after_death=opened()), opened()) == opened()


def test_a_name_for_after_death_waits_against_that_of_life():
    before = opened(naming=Naming.PSEUDONYM)
    named = replace(before, after_death=opened(naming=Naming.NAME))

    assert while_cooling(before, named) == replace(before, after_death=before)


def test_after_death_the_passages_of_life_stay_for_the_slow():
    before = Terms(passages=(lowered(),), after_death=opened())
    after = Terms(after_death=opened())
    held = lowered(level=Level.IMAGE, audiences={PUBLIC: Level.NOTHING})

    assert while_cooling(before, after) == Terms(passages=(held,), after_death=opened())
    then = Terms(after_death=opened(passages=(lowered(),)))
    assert while_cooling(then, after) == Terms(after_death=opened(passages=(held,)))
    walled = Terms(after_death=Terms(never=frozenset({PUBLIC})))
    assert while_cooling(walled, after).after_death.never == {PUBLIC}


def test_the_machine_is_spoken_to_in_life_alone():
    heard = {TRANSCRIBER: Permission(level=Level.NOTHING)}
    before = Terms(permissions=heard)
    after = Terms(permissions=heard, after_death=Terms())

    assert while_cooling(before, after) == after
    assert while_cooling(after, before) == before


# The least of two


def test_the_least_of_two_is_what_both_give():
    one = Terms(
        permissions={PUBLIC: VOICE, RESEARCHERS: replace(WORDS, ask_me=True)},
        never=frozenset({SISTER}),
        naming=Naming.NAME,
        passages=(lowered(), lowered(until=NOON)),
    )
    other = Terms(
        permissions={RESEARCHERS: VOICE, COMMUNITY: VOICE},
        never=frozenset({TRANSCRIBER}),
        naming=Naming.PSEUDONYM,
        passages=(lowered(),),
    )
    expected = Terms(
        permissions={RESEARCHERS: replace(WORDS, ask_me=True)},
        never=frozenset({SISTER, TRANSCRIBER}),
        naming=Naming.PSEUDONYM,
        passages=(lowered(), lowered(until=NOON)),
    )

    assert least(one, other) == expected
    assert replace(least(other, one), passages=expected.passages) == expected
