"""The fold: acts in ledger order give how a testimony stands, and nothing else does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.actors import Anyone, Person
from consent.acts import (
    Answered,
    ApprovedTranscript,
    Asked,
    Attested,
    Capped,
    Changed,
    Delegated,
    Disputed,
    Erased,
    ErasureAsked,
    ErasureCalledOff,
    Given,
    Joined,
    Left,
    LeftToDelegate,
    Notice,
    PassedOn,
    Restored,
    TurnedAway,
    Uncapped,
    Withdrawn,
)
from consent.audiences import CARETAKERS, PUBLIC, RESEARCHERS, TRANSCRIBER
from consent.caps import Cap, CapReason
from consent.delegation import (
    DISPUTE_DAYS,
    Attestation,
    Attestor,
    Delegate,
    Event,
    Power,
    counts,
    effective_on,
)
from consent.history import UnknownNarratorError, standing_at, start_of
from consent.levels import Level, Naming
from consent.rules import disclosed
from consent.standing import Answer, Consent, Standing
from consent.terms import SILENCE, Passage, Permission, Terms, terms_after_death
from consent.timeline import Span
from tests.consent.cases import TIMES, Cases
from tests.consent.conftest import DAY, NOON, actors, all_terms, moments
from tests.consent.test_laws import no_more

NOTICE = Notice("2026-11", "es")
WIDE = Terms(
    permissions={
        PUBLIC: Permission(level=Level.VOICE),
        CARETAKERS: Permission(level=Level.WORDS),
    }
)
WIDEST = Terms(permissions={PUBLIC: Permission(level=Level.IMAGE)})
NARROW = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE)})
COOLED = Terms(permissions={CARETAKERS: Permission(level=Level.WORDS)})
TODAY = NOON.date()
FRIDAY = date(2026, 11, 27)
FRIDAY_MIDNIGHT = datetime(2026, 11, 27, tzinfo=UTC)
TICK = timedelta(microseconds=1)
CAP = Cap("k", Passage(span=Span(0), level=Level.WORDS), CapReason.SAFETY)
GIVEN = Given(WIDE, NOTICE)


def fold(*acts, now=NOON, **said):
    return standing_at("t", "a", acts, now, **said)


def one(*acts, now=NOON, **said):
    (consent,) = fold(*acts, now=now, **said).consents
    return consent


def of_a(**said):
    return Consent(narrator_id="a", **said)


# One act after the other


def test_nothing_done_is_silence():
    assert fold() == Standing(testimony_id="t", consents=(of_a(),))
    assert fold(recorded_to=NOON).recorded_to == NOON


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([GIVEN], of_a(terms=WIDE)),
        ([GIVEN, Changed(NARROW)], of_a(terms=NARROW)),
        (
            [GIVEN, ApprovedTranscript(1)],
            of_a(terms=WIDE, transcript_approved=True, approved_revision=1),
        ),
        ([GIVEN, Asked("r", "e1"), PassedOn("r")], of_a(terms=WIDE)),
        ([GIVEN, Asked("r", "e1"), TurnedAway("r")], of_a(terms=WIDE)),
        ([GIVEN, Asked("r", "e1"), LeftToDelegate("r")], of_a(terms=WIDE)),
        ([GIVEN, Withdrawn()], of_a(terms=WIDE, withdrawn=True)),
        ([GIVEN, Withdrawn(), Restored()], of_a(terms=WIDE)),
        (
            [GIVEN, ErasureAsked(FRIDAY)],
            of_a(terms=WIDE, withdrawn=True, erases_after=FRIDAY),
        ),
        (
            [GIVEN, ErasureAsked(FRIDAY), Restored()],
            of_a(terms=WIDE, withdrawn=True, erases_after=FRIDAY),
        ),
        (
            [GIVEN, ErasureAsked(FRIDAY), ErasureCalledOff()],
            of_a(terms=WIDE, withdrawn=True),
        ),
        (
            [GIVEN, ErasureAsked(FRIDAY), ErasureCalledOff(), Restored()],
            of_a(terms=WIDE),
        ),
        (
            [
                GIVEN,
                ApprovedTranscript(1),
                Delegated("person:e1", frozenset({Power.CLOSE})),
                Left("a"),
            ],
            of_a(withdrawn=True, left=True),
        ),
        (
            [GIVEN, Delegated("person:e1", frozenset({Power.CLOSE}))],
            of_a(
                terms=WIDE,
                delegates=(Delegate("person:e1", frozenset({Power.CLOSE})),),
            ),
        ),
        (
            [
                Delegated("person:e1", frozenset({Power.CLOSE})),
                Delegated("person:e2", frozenset({Power.ANSWER})),
                Delegated("person:e1", frozenset({Power.DECIDE})),
            ],
            of_a(
                delegates=(
                    Delegate("person:e2", frozenset({Power.ANSWER})),
                    Delegate("person:e1", frozenset({Power.DECIDE})),
                )
            ),
        ),
        (
            [
                Delegated("person:e1", frozenset({Power.CLOSE})),
                Delegated("person:e1", frozenset()),
            ],
            of_a(),
        ),
        (
            [Attested(Event.DEATH, Attestor.DELEGATE, TODAY)],
            of_a(attestations=(Attestation(Event.DEATH, Attestor.DELEGATE, TODAY),)),
        ),
        (
            [
                Attested(Event.DEATH, Attestor.DELEGATE, TODAY),
                Attested(Event.INCAPACITY, Attestor.CARETAKER, TODAY),
                Disputed(Event.DEATH),
            ],
            of_a(
                attestations=(Attestation(Event.INCAPACITY, Attestor.CARETAKER, TODAY),)
            ),
        ),
    ],
    ids=[
        *("given", "changed", "approved", "passed on", "turned away", "left to"),
        *("withdrawn", "restored", "to be erased", "not opened by the way"),
        *("called off", "opened again"),
        *("left", "delegated", "delegated anew"),
        *("delegated no more", "attested", "disputed"),
    ],
)
def test_each_act_does_what_it_says(acts, expected):
    assert fold(*acts) == Standing(testimony_id="t", consents=(expected,))


def test_an_answer_is_kept_and_a_later_one_to_that_person_replaces_it():
    spans = (Span(5, 9),)
    yes = Answered("r", "e1", Level.WORDS, TODAY + timedelta(90), spans)
    answer = Answer("e1", Level.WORDS, datetime(2027, 2, 21, tzinfo=UTC), spans)
    no = replace(yes, level=Level.NOTHING)
    other = replace(yes, person_id="e2")

    assert one(GIVEN, yes).answers == (answer,)
    assert one(GIVEN, yes, no).answers == ()
    assert one(GIVEN, replace(yes, level=Level.VOICE), other, yes).answers == (
        replace(answer, person_id="e2"),
        answer,
    )
    assert one(GIVEN, yes, other, no).answers == (replace(answer, person_id="e2"),)


def test_what_was_granted_one_by_one_does_not_come_back_with_a_restoration():
    yes = Answered("r", "e1", Level.WORDS, TODAY + timedelta(90))

    assert one(GIVEN, yes, Withdrawn(), Restored()) == of_a(terms=WIDE)


def test_what_was_granted_one_by_one_ends_when_it_is_to_be_erased():
    yes = Answered("r", "e1", Level.WORDS, TODAY + timedelta(90))
    asked = [GIVEN, yes, ErasureAsked(FRIDAY), ErasureCalledOff(), Restored()]

    assert one(*asked) == of_a(terms=WIDE)


def test_it_is_due_when_its_last_day_has_ended_in_every_time_zone():
    standing = fold(GIVEN, ErasureAsked(FRIDAY))
    noon_of_saturday = datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert FRIDAY == date(2026, 11, 27)
    assert not standing.is_due(noon_of_saturday - TICK)
    assert standing.is_due(noon_of_saturday)
    assert not fold(GIVEN).is_due(noon_of_saturday)
    assert not fold(GIVEN, Withdrawn()).is_due(noon_of_saturday)


def test_it_is_erased_only_if_all_who_have_a_way_to_it_asked():
    joined = [GIVEN, Joined("b", NOTICE)]
    sunday = FRIDAY + timedelta(2)
    both = [ErasureAsked(sunday), ErasureAsked(FRIDAY, "b")]

    assert fold(*joined, both[0]).erases_after is None
    assert fold(*joined, *both).erases_after == sunday
    assert fold(*joined, both[0], Left("b")).erases_after == sunday
    assert fold(*joined, Left("a"), Left("b")).erases_after is None


def test_what_is_to_be_erased_cannot_be_open():
    with pytest.raises(ValueError, match="is closed"):
        of_a(terms=WIDE, erases_after=FRIDAY)


def test_a_cap_is_kept_until_it_is_taken_back():
    other = replace(CAP, cap_id="m")
    wider = replace(CAP, passage=Passage(span=Span(0), level=Level.VOICE))

    assert fold(GIVEN, Capped(CAP), Capped(other)).caps == (CAP, other)
    assert fold(Capped(CAP), Capped(wider)).caps == (wider,)
    assert fold(Capped(CAP), Capped(other), Uncapped("k")).caps == (other,)
    assert fold(Capped(CAP), Uncapped("unknown")).caps == (CAP,)


def test_a_narrator_who_joins_has_said_nothing_yet():
    joined = Joined("b", NOTICE)

    standing = fold(GIVEN, joined)
    assert standing.consents == (of_a(terms=WIDE), Consent(narrator_id="b"))
    assert disclosed(standing, Anyone(), NOON).level is Level.NOTHING
    assert fold(GIVEN, Joined("a", NOTICE)).consents == (of_a(terms=WIDE),)
    said = fold(GIVEN, joined, Changed(NARROW, narrator_id="b"), joined)
    assert said.of("b") == Consent(narrator_id="b", terms=NARROW)
    assert said.of("a") == of_a(terms=WIDE)
    assert said.of("c") is None


def test_each_act_is_about_the_narrator_it_names():
    acts = [
        Changed(NARROW, narrator_id="b"),
        ApprovedTranscript(1, narrator_id="b"),
        Answered("r", "e1", Level.WORDS, FRIDAY, narrator_id="b"),
        Delegated("person:e1", frozenset({Power.CLOSE}), narrator_id="b"),
        Attested(Event.DEATH, Attestor.CARETAKER, TODAY, narrator_id="b"),
        LeftToDelegate("r", narrator_id="b"),
    ]
    standing = fold(GIVEN, Joined("b", NOTICE), *acts)

    assert standing.of("a") == of_a(terms=WIDE)
    assert standing.of("b") == Consent(
        narrator_id="b",
        terms=NARROW,
        answers=(Answer("e1", Level.WORDS, FRIDAY_MIDNIGHT),),
        transcript_approved=True,
        approved_revision=1,
        delegates=(Delegate("person:e1", frozenset({Power.CLOSE})),),
        attestations=(Attestation(Event.DEATH, Attestor.CARETAKER, TODAY),),
    )
    assert not standing.transcript_approved
    both = fold(Joined("b", NOTICE), ApprovedTranscript(1), acts[1])
    assert both.transcript_approved
    other_words = ApprovedTranscript(2, narrator_id="b")
    assert not fold(
        Joined("b", NOTICE), ApprovedTranscript(1), other_words
    ).transcript_approved
    assert fold(Joined("b", NOTICE), Withdrawn("b")).withdrawn
    assert not fold(Joined("b", NOTICE)).withdrawn
    assert not Standing(testimony_id="t").transcript_approved


@pytest.mark.parametrize("act", [Changed(WIDE, None, "b"), Left("b"), Withdrawn("b")])
def test_an_act_about_somebody_else_is_refused(act):
    with pytest.raises(UnknownNarratorError):
        fold(GIVEN, act)


def test_who_left_cannot_come_back_and_what_they_do_counts_no_more():
    left = Consent(narrator_id="b", withdrawn=True, left=True)
    later = [
        Restored(narrator_id="b"),
        Changed(WIDE, narrator_id="b"),
        ApprovedTranscript(1, "b"),
        Joined("b", NOTICE),
        Attested(Event.DEATH, Attestor.DELEGATE, TODAY, "b"),
        Attested(Event.DEATH, Attestor.CARETAKER, TODAY, "b"),
    ]
    far = NOON + 900 * DAY

    standing = fold(GIVEN, Joined("b", NOTICE), Left("b"), *later)
    assert standing.of("b") == left
    assert fold(Joined("b", NOTICE), Left("b"), *later, now=far).of("b") == left
    assert disclosed(standing, Anyone(), NOON).level is Level.NOTHING


@given(
    st.lists(
        st.sampled_from([Withdrawn(), Restored(), GIVEN, Erased(), Joined("b", NOTICE)])
    )
)
def test_nothing_follows_an_erasing(acts):
    erased = fold(*acts, Erased(), *acts, recorded_to=NOON)

    assert erased == Standing(testimony_id="t", erased=True)


# Cooling off


def test_what_widens_waits_for_its_day_and_what_narrows_does_not():
    acts = [Given(NARROW, NOTICE), Changed(WIDE, FRIDAY)]
    waiting = one(*acts, now=FRIDAY_MIDNIGHT - TICK)

    assert waiting == of_a(terms=COOLED, awaited=WIDE, settles=FRIDAY_MIDNIGHT)
    assert (waiting.said, waiting.changes) == (WIDE, FRIDAY_MIDNIGHT)
    settled = one(*acts, now=FRIDAY_MIDNIGHT)
    assert settled == of_a(terms=WIDE)
    assert (settled.said, settled.changes) == (WIDE, None)
    assert one(Given(WIDE, NOTICE, FRIDAY)) == replace(waiting)


def test_a_later_word_replaces_what_was_still_to_come():
    assert one(Given(SILENCE, NOTICE), Changed(WIDE, FRIDAY), Changed(NARROW)) == of_a(
        terms=NARROW
    )


def test_what_was_said_before_what_waits_still_counts_on_its_own_day():
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    later = Changed(WIDEST, monday.date())
    acts = [Given(NARROW, NOTICE), Changed(WIDE, FRIDAY), later]
    waiting = one(*acts, now=FRIDAY_MIDNIGHT - TICK)

    assert (waiting.settles, waiting.changes) == (monday, FRIDAY_MIDNIGHT)
    then = one(*acts, now=waiting.changes)
    assert then.terms != waiting.terms
    assert (then.awaited, then.changes) == (WIDEST, monday)
    assert one(*acts, now=monday) == of_a(terms=WIDEST)

    tuesday = monday + DAY
    third = one(*acts, Changed(WIDE, tuesday.date()))
    assert (third.settles, third.changes) == (tuesday, FRIDAY_MIDNIGHT)
    assert one(*acts, Changed(NARROW)) == of_a(terms=NARROW)
    restored = one(*acts, Withdrawn(), Restored(tuesday.date()))
    assert restored == of_a(terms=restored.terms, awaited=WIDEST, settles=tuesday)


def test_a_restoration_keeps_what_was_still_to_come():
    acts = [Given(SILENCE, NOTICE), Changed(WIDE, FRIDAY), Withdrawn()]
    sunday = Restored(date(2026, 11, 29))
    after = datetime(2026, 11, 29, tzinfo=UTC)
    waiting = of_a(terms=COOLED, awaited=WIDE, settles=FRIDAY_MIDNIGHT)

    assert one(*acts) == replace(waiting, withdrawn=True)
    assert one(*acts, Restored()) == waiting
    assert one(*acts, sunday) == replace(waiting, settles=after)
    assert one(*acts, Restored(), now=FRIDAY_MIDNIGHT).terms == WIDE
    assert one(*acts, sunday, now=after).terms == WIDE
    assert one(GIVEN, Withdrawn(), sunday) == replace(waiting, settles=after)


# Death and incapacity


def attested(event, *days, narrator_id=""):
    return [
        Attested(event, attestor, day, narrator_id)
        for attestor, day in zip(Attestor, days, strict=False)
    ]


THEN = Terms(
    permissions={PUBLIC: Permission(level=Level.WORDS)},
    never=frozenset({CARETAKERS}),
    naming=Naming.NAME,
    passages=(Passage(span=Span(5, 9), level=Level.NOTHING),),
)
LIFE = Terms(
    permissions={
        RESEARCHERS: Permission(level=Level.VOICE),
        TRANSCRIBER: Permission(level=Level.NOTHING),
    },
    never=frozenset({PUBLIC}),
    naming=Naming.PSEUDONYM,
    passages=(Passage(span=Span(0, 3), level=Level.EXISTENCE),),
    after_death=replace(THEN, never=frozenset({CARETAKERS})),
)
COUNTS = start_of(TODAY + timedelta(DISPUTE_DAYS))


def test_after_death_what_was_said_for_then_holds_behind_the_walls_of_life():
    dead = terms_after_death(replace(LIFE, never=frozenset({RESEARCHERS})))

    assert dead == Terms(
        permissions={
            PUBLIC: Permission(level=Level.WORDS),
            TRANSCRIBER: Permission(level=Level.NOTHING),
        },
        never=frozenset({RESEARCHERS, CARETAKERS}),
        naming=Naming.NAME,
        passages=(*LIFE.passages, *THEN.passages),
    )
    assert terms_after_death(dead) == dead
    assert terms_after_death(WIDE) is WIDE
    assert terms_after_death(LIFE).permissions.keys() == {TRANSCRIBER}
    unsaid = replace(LIFE, permissions={})
    assert not terms_after_death(unsaid).permissions.keys() - {PUBLIC}


def test_death_counts_ninety_days_after_delegate_and_caretaker_have_attested_it():
    acts = [Given(LIFE, NOTICE), *attested(Event.DEATH, TODAY - DAY, TODAY)]
    attestations = tuple(
        Attestation(Event.DEATH, attestor, day)
        for attestor, day in zip(Attestor, (TODAY - DAY, TODAY), strict=True)
    )
    before = of_a(terms=LIFE, attestations=attestations, turns=COUNTS)

    assert one(*acts, now=COUNTS - TICK) == before
    assert before.changes == COUNTS
    assert one(*acts, now=COUNTS) == of_a(
        terms=terms_after_death(LIFE),
        attestations=attestations,
        deceased=True,
        incapable=True,
    )
    far_east = (COUNTS - TICK).astimezone(timezone(timedelta(hours=14)))
    assert one(*acts, now=far_east) == before
    assert one(*acts, Disputed(Event.DEATH), now=COUNTS) == of_a(terms=LIFE)
    assert one(*acts[:2], now=COUNTS + 900 * DAY).deceased is False


def test_incapacity_lets_a_delegate_decide_and_changes_no_terms():
    acts = [Given(LIFE, NOTICE), *attested(Event.INCAPACITY, TODAY, TODAY)]

    assert not one(*acts, now=COUNTS - TICK).incapable
    after = one(*acts, now=COUNTS)
    assert (after.incapable, after.deceased, after.terms) == (True, False, LIFE)
    both = [*acts, *attested(Event.DEATH, TODAY + DAY, TODAY)]
    assert one(*both).turns == COUNTS
    assert one(*both, now=COUNTS).turns == COUNTS + DAY


def test_it_takes_one_attestation_of_each():
    def on(*told):
        several = tuple(Attestation(event, who, day) for event, who, day in told)
        return effective_on(several, Event.DEATH)

    delegate, caretaker = Attestor.DELEGATE, Attestor.CARETAKER
    death, other = Event.DEATH, Event.INCAPACITY
    assert on() is None
    assert on((death, delegate, TODAY)) is None
    assert on((death, delegate, TODAY), (death, delegate, TODAY)) is None
    assert on((death, delegate, TODAY), (other, caretaker, TODAY)) is None
    assert on((death, caretaker, FRIDAY), (death, delegate, TODAY)) == (
        FRIDAY + timedelta(90)
    )
    late = date.max - timedelta(90)
    assert on((death, delegate, late), (death, caretaker, TODAY)) == date.max
    assert on((death, delegate, late + DAY), (death, caretaker, TODAY)) is None


def test_what_is_attested_counts_from_the_first_moment_of_its_day():
    several = tuple(Attestation(Event.DEATH, who, TODAY) for who in Attestor)

    assert counts(several, Event.DEATH, COUNTS)
    assert not counts(several, Event.DEATH, COUNTS - TICK)
    assert not counts(several, Event.INCAPACITY, COUNTS)


def test_what_still_waits_turns_too():
    acts = [
        Given(LIFE, NOTICE),
        *attested(Event.DEATH, TODAY, TODAY),
        Changed(replace(WIDE, after_death=THEN), (COUNTS + DAY).date()),
    ]

    consent = one(*acts, now=COUNTS)
    assert consent.awaited == terms_after_death(replace(WIDE, after_death=THEN))
    assert consent.settles == COUNTS + DAY
    assert PUBLIC not in consent.terms.permissions
    assert one(*acts, now=COUNTS - TICK).awaited == replace(WIDE, after_death=THEN)


def test_a_clock_set_back_gives_the_least_of_life_and_death():
    life = replace(
        LIFE,
        permissions={
            RESEARCHERS: Permission(level=Level.VOICE),
            CARETAKERS: Permission(level=Level.WORDS),
        },
        never=frozenset(),
        after_death=Terms(
            permissions={
                RESEARCHERS: Permission(level=Level.WORDS),
                PUBLIC: Permission(level=Level.WORDS),
            }
        ),
    )
    acts = [Given(life, NOTICE), *attested(Event.DEATH, TODAY, TODAY)]
    back = one(*acts, recorded_to=COUNTS)

    assert back.terms == Terms(
        permissions={RESEARCHERS: Permission(level=Level.WORDS)},
        passages=LIFE.passages,
    )
    assert not back.deceased
    assert not back.incapable
    assert one(*acts, recorded_to=COUNTS - TICK).terms == life
    assert one(*acts, now=COUNTS, recorded_to=NOON).terms == terms_after_death(life)


# Together with the law


def histories(cases):
    """Draw the acts of a testimony, at most some of them with a day to wait for."""
    days = [time.date() + timedelta(d) for time in TIMES[:1] for d in (-1, 0, 1, 2)]
    acts = [Given(cases.terms(0.5), NOTICE, cases.one([None, *days]))]
    if cases.chance() < 0.4:
        acts += [Joined("b", NOTICE), Changed(cases.terms(0.5), None, "b")]
    for _ in cases.few(5):
        by = cases.one(
            [each for act in acts if (each := getattr(act, "narrator_id", ""))] or [""]
        )
        acts.append(
            cases.one(
                [
                    Changed(cases.terms(0.5), cases.one([None, *days]), by),
                    Withdrawn(by),
                    Restored(cases.one([None, *days]), by),
                    ErasureAsked(cases.one(days), by),
                    ErasureCalledOff(by),
                    Capped(cases.cap("k")),
                    Answered(
                        "r",
                        "e1",
                        cases.one(tuple(Level)),
                        cases.one(days),
                        (),
                        False,
                        by,
                    ),
                    Disputed(Event.DEATH, by),
                    *attested(
                        Event.DEATH,
                        *(cases.one(days) - timedelta(90) for _ in range(2)),
                        narrator_id=by,
                    ),
                ]
            )
        )
    if cases.chance() < 0.6:
        day = cases.one(days) - timedelta(90)
        acts += attested(Event.DEATH, day, day)
    return acts


several_acts = st.integers(0, 1 << 64).map(lambda seed: histories(Cases(seed)))
around = (
    moments | moments.map(lambda now: now + DAY) | moments.map(lambda now: now - DAY)
)


@given(several_acts, actors, around, around)
def test_what_is_decided_holds_until_its_moment_also_of_what_is_folded_anew(
    acts, actor, now, later
):
    found = disclosed(fold(*acts, now=now), actor, now)

    if now <= later and (found.valid_until is None or later < found.valid_until):
        assert disclosed(fold(*acts, now=later), actor, later) == found


@given(several_acts, actors, around, st.integers(1, 9000))
def test_a_clock_set_back_never_opens_again_what_ended(acts, actor, now, hours):
    back = now - timedelta(hours=hours)

    def at(clock):
        return disclosed(fold(*acts, now=clock, recorded_to=now), actor, clock)

    assert no_more(at(back), at(now))


@given(all_terms, all_terms, moments)
def test_the_fold_gives_the_slow_nothing_before_its_day(before, after, now):
    settles = (now + DAY).date()
    acts = [Given(before, NOTICE), Changed(after, settles)]

    def heard(*acts):
        return disclosed(fold(*acts, now=now), Anyone(), now)

    assert no_more(heard(*acts), heard(Given(before, NOTICE)))
    assert no_more(heard(*acts), heard(Given(after, NOTICE)))


def test_a_person_who_was_answered_hears_and_no_other():
    asked = Terms(permissions={PUBLIC: Permission(level=Level.VOICE, ask_me=True)})
    answered = Answered("r", "e1", Level.VOICE, FRIDAY)
    standing = fold(Given(asked, NOTICE), answered)

    assert disclosed(standing, Person("e1"), NOON).level is Level.VOICE
    assert disclosed(standing, Person("e2"), NOON).level is Level.EXISTENCE
