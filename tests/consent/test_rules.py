"""The law, by property: every sentence of the design's section 2 that it now holds."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    Audience,
    AudienceKind,
)
from consent.decisions import Disclosure, Reason, Refusal, Release
from consent.levels import Level, Naming, Use
from consent.parts import APPROVED_WORDS, DISCLOSED_AT, Part
from consent.rules import audiences_of, decide, disclosed
from consent.standing import Answer, Standing
from consent.terms import Permission, Terms
from tests.consent.conftest import (
    NOON,
    ONE,
    OTHER,
    THE_NARRATOR,
    actors,
    all_terms,
    audiences,
    machines,
    moments,
    others,
    permissions,
    persons,
    standings,
)

parts = st.sampled_from(Part)


def level(standing, actor, now=NOON):
    return disclosed(standing, actor, now).level


def standing_of(**said):
    return Standing(testimony_id="t", narrator_id="n", **said)


@given(actors, parts, moments)
def test_silence_is_no(actor, part, now):
    decision = decide(standing_of(terms=Terms(transcription=False)), actor, part, now)

    if actor not in {THE_NARRATOR, Renderer()}:
        assert isinstance(decision, Refusal)


@given(standings, actors, parts)
def test_a_naive_time_is_no(standing, actor, part):
    now = datetime(2026, 11, 23, 12)

    assert decide(standing, actor, part, now) == Refusal(Reason.UNKNOWN_TIME)


@given(standings, actors, parts, moments)
def test_what_was_erased_is_nobodys(standing, actor, part, now):
    erased = replace(standing, erased=True)

    assert decide(erased, actor, part, now) == Refusal(Reason.ERASED)


@given(standings, st.one_of(others, machines), parts, moments)
def test_what_was_withdrawn_is_its_narrators_alone(standing, actor, part, now):
    withdrawn = replace(standing, withdrawn=True, erased=False)

    assert decide(withdrawn, actor, part, now) == Refusal(Reason.WITHDRAWN)
    assert level(withdrawn, THE_NARRATOR, now) is Level.IMAGE


@given(standings, parts, moments)
def test_the_narrator_has_everything_of_their_own(standing, part, now):
    assume(not standing.erased and part is not Part.CHECKPOINT)

    assert decide(standing, THE_NARRATOR, part, now) == Release(
        "t",
        part,
        Disclosure(
            level=Level.IMAGE,
            uses=frozenset(Use),
            naming=Naming.NAME,
            reasons=frozenset({Reason.NARRATOR}),
        ),
    )


@given(standings, others, moments)
def test_machine_words_are_the_narrators_alone(standing, actor, now):
    unapproved = replace(standing, transcript_approved=False)

    for part in (*APPROVED_WORDS, Part.MACHINE_TRANSCRIPT):
        assert isinstance(decide(unapproved, actor, part, now), Refusal)
    for part in (Part.MACHINE_TRANSCRIPT, Part.ORIGINAL, Part.CHECKPOINT):
        assert isinstance(decide(standing, actor, part, now), Refusal)


@given(standings, others, parts, moments)
def test_a_release_never_goes_beyond_the_level(standing, actor, part, now):
    decision = decide(standing, actor, part, now)

    if isinstance(decision, Release):
        assert decision.testimony_id == "t"
        assert decision.part is part
        assert DISCLOSED_AT[part] <= level(standing, actor, now)


@given(standings, persons, audiences, moments)
def test_one_more_audience_without_a_never_lowers_nothing(
    standing, person, audience, now
):
    assume(audience not in standing.terms.never)
    more = {
        CARETAKERS: replace(person, caretaker=True),
        COMMUNITY: replace(person, community=True),
        RESEARCHERS: replace(person, researcher=True),
    }.get(audience, replace(person, circles=frozenset({"c1"})))
    assume(not (audiences_of(more) - audiences_of(person)) & standing.terms.never)

    before, after = disclosed(standing, person, now), disclosed(standing, more, now)

    assert before.level <= after.level
    assert before.uses <= after.uses


@given(standings, others, moments)
def test_nobody_in_no_never_gets_less_than_the_public(standing, actor, now):
    assume(not audiences_of(actor) & standing.terms.never)

    assert level(standing, Anyone(), now) <= level(standing, actor, now)


@given(standings, others, moments)
def test_a_never_is_a_wall(standing, actor, now):
    for audience in audiences_of(actor):
        walled = replace(standing.terms, never=frozenset({audience}))
        assert level(replace(standing, terms=walled), actor, now) is Level.NOTHING


@given(standings, others, audiences, permissions, moments)
def test_a_narrower_permission_never_raises(standing, actor, audience, permission, now):
    def with_permission(changed):
        said = {**standing.terms.permissions, audience: changed}
        return replace(standing, terms=replace(standing.terms, permissions=said))

    before = level(with_permission(permission), actor, now)
    for narrower in (
        replace(permission, level=Level.NOTHING),
        replace(permission, level=min(permission.level, Level.WORDS)),
        replace(permission, ask_me=True),
        replace(permission, until=now),
        replace(permission, not_before=now + timedelta(1)),
        replace(permission, open_without_asking=False),
    ):
        assert level(with_permission(narrower), actor, now) <= before


@given(standings, others, audiences, moments)
def test_taking_a_permission_away_never_raises(standing, actor, audience, now):
    fewer = {a: p for a, p in standing.terms.permissions.items() if a != audience}
    changed = replace(standing, terms=replace(standing.terms, permissions=fewer))

    assert level(changed, actor, now) <= level(standing, actor, now)


@given(standings, others, moments)
def test_without_their_answer_a_person_has_no_more(standing, actor, now):
    assert level(replace(standing, answers=()), actor, now) <= level(
        standing, actor, now
    )


@given(all_terms, others, parts, moments)
def test_order_does_not_matter_and_the_answer_is_the_same_each_time(
    terms, actor, part, now
):
    turned = Terms(
        permissions=dict(reversed(terms.permissions.items())),
        never=terms.never,
        naming=terms.naming,
        transcription=terms.transcription,
    )

    one = decide(standing_of(terms=terms), actor, part, now)
    assert one == decide(standing_of(terms=turned), actor, part, now)


@given(standings, others, moments, moments)
def test_an_answer_holds_until_the_moment_it_says(standing, actor, now, later):
    found = disclosed(standing, actor, now)

    if now <= later and (found.valid_until is None or later < found.valid_until):
        assert disclosed(standing, actor, later).level is found.level
        assert disclosed(standing, actor, later).uses == found.uses


TOMORROW, NEXT_WEEK = NOON + timedelta(1), NOON + timedelta(7)
HEARD = Permission(level=Level.VOICE, uses=frozenset({Use.QUOTE}), until=NEXT_WEEK)


@pytest.mark.parametrize(
    ("permission", "answers", "expected"),
    [
        (
            HEARD,
            (),
            Disclosure(
                level=Level.VOICE,
                uses=HEARD.uses,
                reasons=frozenset({Reason.OPENED}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, ask_me=True),
            (),
            Disclosure(
                level=Level.EXISTENCE,
                reasons=frozenset({Reason.ASK}),
                valid_until=NEXT_WEEK,
            ),
        ),
        (
            replace(HEARD, ask_me=True),
            (Answer(ONE, Level.WORDS, TOMORROW),),
            Disclosure(
                level=Level.WORDS,
                uses=HEARD.uses,
                reasons=frozenset({Reason.ANSWERED}),
                valid_until=TOMORROW,
            ),
        ),
        (
            replace(HEARD, ask_me=True, until=TOMORROW),
            (Answer(ONE, Level.EXISTENCE, NEXT_WEEK),),
            Disclosure(
                level=Level.EXISTENCE,
                reasons=frozenset({Reason.ANSWERED}),
                valid_until=TOMORROW,
            ),
        ),
        (
            replace(HEARD, not_before=TOMORROW, open_without_asking=True),
            (),
            Disclosure(
                level=Level.NOTHING,
                reasons=frozenset({Reason.NOT_YET}),
                valid_until=TOMORROW,
            ),
        ),
        (
            replace(HEARD, until=NOON),
            (),
            Disclosure(level=Level.NOTHING, reasons=frozenset({Reason.EXPIRED})),
        ),
        (
            replace(HEARD, level=Level.NOTHING),
            (),
            Disclosure(level=Level.NOTHING, reasons=frozenset({Reason.NOT_OPENED})),
        ),
    ],
    ids=["open", "ask", "answered", "answered less", "not yet", "expired", "nothing"],
)
def test_each_condition_says_what_is_given_why_and_until_when(
    permission, answers, expected
):
    standing = standing_of(
        terms=Terms(permissions={RESEARCHERS: permission}), answers=answers
    )

    assert disclosed(standing, Person(ONE, researcher=True), NOON) == expected


def test_an_answer_holds_no_longer_than_until_what_waits_settles():
    terms = Terms(permissions={PUBLIC: HEARD})
    standing = standing_of(terms=terms, settles=TOMORROW)

    assert disclosed(standing, Anyone(), NOON).valid_until == TOMORROW
    silent = standing_of(settles=TOMORROW)
    assert disclosed(silent, Anyone(), NOON).valid_until == TOMORROW


def test_what_is_closed_lends_neither_its_uses_nor_a_name():
    terms = Terms(
        permissions={PUBLIC: replace(HEARD, level=Level.NOTHING)}, naming=Naming.NAME
    )
    found = disclosed(standing_of(terms=terms), Anyone(), NOON)

    assert (found.uses, found.naming) == (frozenset(), Naming.UNNAMED)


def test_the_machine_is_told_that_it_asks_as_a_machine():
    for machine in (Transcriber(), Renderer()):
        assert disclosed(standing_of(), machine, NOON) == Disclosure(
            level=Level.IMAGE, reasons=frozenset({Reason.MACHINE})
        )
        assert audiences_of(machine) == frozenset()


def test_of_several_reasons_the_one_that_helps_most_is_given():
    """A date that is still to come says more than what was never opened."""
    terms = Terms(
        permissions={
            PUBLIC: Permission(level=Level.NOTHING),
            RESEARCHERS: Permission(level=Level.VOICE, until=NOON),
        }
    )
    person = Person(ONE, researcher=True)

    decision = decide(standing_of(terms=terms), person, Part.AUDIO, NOON)
    assert decision == Refusal(Reason.NOT_OPENED)
    assert disclosed(standing_of(terms=terms), person, NOON).reasons == frozenset(
        {Reason.NOT_OPENED, Reason.EXPIRED}
    )


def test_until_and_the_end_of_an_answer_are_exclusive_and_an_opening_is_inclusive():
    tick = timedelta(microseconds=1)
    until = standing_of(
        terms=Terms(permissions={PUBLIC: Permission(level=Level.VOICE, until=NOON)})
    )
    opening = standing_of(
        terms=Terms(
            permissions={
                PUBLIC: Permission(
                    level=Level.VOICE, not_before=NOON, open_without_asking=True
                )
            }
        )
    )
    asked = standing_of(
        terms=Terms(
            permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)}
        ),
        answers=(Answer(ONE, Level.WORDS, NOON),),
    )
    researcher = Person(ONE, researcher=True)

    assert [level(until, Anyone(), t) for t in (NOON - tick, NOON)] == [
        Level.VOICE,
        Level.NOTHING,
    ]
    assert [level(opening, Anyone(), t) for t in (NOON - tick, NOON)] == [
        Level.NOTHING,
        Level.VOICE,
    ]
    assert [level(asked, researcher, t) for t in (NOON - tick, NOON)] == [
        Level.WORDS,
        Level.EXISTENCE,
    ]


def test_time_does_not_open_by_itself():
    terms = Terms(permissions={PUBLIC: Permission(level=Level.VOICE, not_before=NOON)})

    assert (
        level(standing_of(terms=terms), Anyone(), NOON + timedelta(days=900))
        is Level.NOTHING
    )


def test_an_answer_is_one_persons_and_no_wider_than_the_terms():
    asked = standing_of(
        terms=Terms(
            permissions={RESEARCHERS: Permission(level=Level.WORDS, ask_me=True)}
        ),
        answers=(Answer(ONE, Level.IMAGE, NOON + timedelta(1)),),
    )

    assert level(asked, Person(ONE, researcher=True)) is Level.WORDS
    assert level(asked, Person(OTHER, researcher=True)) is Level.EXISTENCE
    assert level(asked, Person(ONE)) is Level.NOTHING


def test_a_name_is_told_no_further_than_the_terms_say():
    for naming in Naming:
        terms = Terms(
            permissions={PUBLIC: Permission(level=Level.EXISTENCE)}, naming=naming
        )
        assert disclosed(standing_of(terms=terms), Anyone(), NOON).naming is naming


def test_one_person_and_one_circle_can_be_named():
    terms = Terms(
        permissions={
            Audience(AudienceKind.PERSON, ONE): Permission(level=Level.VOICE),
            Audience(AudienceKind.CIRCLE, "c1"): Permission(level=Level.WORDS),
        }
    )

    assert level(standing_of(terms=terms), Person(ONE)) is Level.VOICE
    assert level(standing_of(terms=terms), Person(OTHER)) is Level.NOTHING
    assert (
        level(standing_of(terms=terms), Person(OTHER, circles=frozenset({"c1"})))
        is Level.WORDS
    )


def test_what_is_known_of_is_refused_with_its_reason_and_what_is_not_without():
    asked = standing_of(
        terms=Terms(
            permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)}
        )
    )
    unapproved = standing_of(
        terms=Terms(permissions={PUBLIC: Permission(level=Level.WORDS)})
    )
    researcher = Person(ONE, researcher=True)

    assert decide(asked, researcher, Part.AUDIO, NOON) == Refusal(
        Reason.ASK, known=True
    )
    assert decide(unapproved, Anyone(), Part.TRANSCRIPT, NOON) == Refusal(
        Reason.NOT_APPROVED, known=True
    )
    assert decide(unapproved, Anyone(), Part.AUDIO, NOON) == Refusal(
        Reason.NOT_OPENED, known=True
    )
    assert decide(asked, Anyone(), Part.AUDIO, NOON) == Refusal(Reason.NOT_OPENED)


def test_the_machine_hears_only_what_it_needs():
    allowed = standing_of()
    refused = standing_of(terms=Terms(transcription=False))
    heard = {
        (type(actor).__name__, part)
        for actor in (Transcriber(), Renderer())
        for part in Part
        if isinstance(decide(allowed, actor, part, NOON), Release)
    }

    assert heard == {
        ("Transcriber", Part.ORIGINAL),
        ("Transcriber", Part.CHECKPOINT),
        ("Renderer", Part.ORIGINAL),
    }
    assert decide(refused, Transcriber(), Part.ORIGINAL, NOON) == Refusal(
        Reason.MACHINE_REFUSED
    )
    assert isinstance(decide(refused, Renderer(), Part.ORIGINAL, NOON), Release)
    assert decide(allowed, Narrator("other"), Part.ORIGINAL, NOON) == Refusal(
        Reason.NOT_OPENED
    )
