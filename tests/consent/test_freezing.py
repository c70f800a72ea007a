"""While a narrator's word is frozen, no act and no time opens anything any wider."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent.actors import Anyone, Narrator
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
    Frozen,
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
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS
from consent.caps import Cap, CapReason
from consent.decisions import Refusal, Release
from consent.delegation import Attestor, Event, Power
from consent.freezing import frozen_until, gives_more, kept_from, longer
from consent.history import standing_at, start_of
from consent.holes import Hole
from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.reach import BEFORE_ALL, names_of, reach, turns
from consent.rules import decide, disclosed
from consent.standing import Consent, Standing
from consent.terms import SILENCE, Passage, Permission, Terms
from consent.timeline import Span
from consent.widening import least
from tests.consent.cases import TIMES
from tests.consent.conftest import DAY, NOON, actors, all_terms, moments
from tests.consent.test_laws import no_more, with_terms

NOTICE = Notice("2026-11", "es")
TODAY, END = NOON.date(), date(2026, 12, 23)
ENDS = start_of(END)
FROZEN = Frozen(TODAY, END)
VOICE = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})
WORDS = Terms(permissions={PUBLIC: Permission(level=Level.WORDS)})
ASKS = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)})
ANSWER = Answered("r", "e1", Level.VOICE, END + timedelta(days=9))
CAP = Capped(Cap("k", Passage(span=Span(0), level=Level.WORDS), CapReason.SAFETY))


def fold(*acts, now=NOON, **said):
    return standing_at("t", "a", acts, now, **said)


# What holds while it is frozen


acts_of_a = st.one_of(
    all_terms.map(Changed),
    all_terms.map(lambda terms: Changed(terms, TODAY + DAY)),
    st.sampled_from(
        [
            ApprovedTranscript(2),
            ANSWER,
            Answered("r", "e1", Level.NOTHING, TODAY),
            Withdrawn(),
            Restored(),
            Restored(TODAY + DAY),
            Attested(Event.DEATH, Attestor.CARETAKER, TODAY),
            Attested(Event.DEATH, Attestor.DELEGATE, TODAY),
            Disputed(Event.DEATH),
            Joined("b", NOTICE),
            Changed(VOICE, None, "b"),
            FROZEN,
            Frozen(TODAY + DAY, END + timedelta(days=9)),
        ]
    ),
)
histories = st.lists(acts_of_a, max_size=5)
days = st.integers(0, 29)


def known(acts):
    return not any(
        getattr(act, "narrator_id", "") == "b" and not isinstance(act, Joined)
        for act in acts
    )


@given(all_terms, histories, histories, actors, days)
def test_nothing_since_it_was_frozen_opens_anything_wider(
    terms, before, after, actor, later
):
    assume(known(before) and known(after))
    assume(not any(isinstance(act, Frozen) for act in before))
    assume(actor != Narrator("b"))
    history = [Given(terms, NOTICE), *before]
    at = start_of(TODAY)
    then = disclosed(fold(*history, now=at), actor, at)

    now = NOON + later * DAY
    standing = fold(*history, FROZEN, *after, now=now)

    assert no_more(disclosed(standing, actor, now), then)


@given(all_terms, histories, st.lists(acts_of_a, max_size=3), actors, moments)
def test_each_act_since_then_only_takes_away(terms, acts, more, actor, now):
    assume(known([*acts, *more]) and actor != Narrator("b"))
    history = [Given(terms, NOTICE), FROZEN, *acts]
    less = disclosed(fold(*history, *more, now=now), actor, now)
    assert no_more(less, disclosed(fold(*history, now=now), actor, now))


@given(all_terms, histories, actors)
def test_once_it_ends_it_is_as_if_it_had_never_been(terms, acts, actor):
    assume(known(acts) and not any(isinstance(act, Frozen) for act in acts))
    history = [Given(terms, NOTICE), *acts]
    assert fold(*history, FROZEN, now=ENDS) == fold(*history, now=ENDS)
    assert fold(FROZEN, *history, now=ENDS) == fold(*history, now=ENDS)


@given(all_terms, histories, actors, st.sampled_from(TIMES), days)
def test_an_answer_holds_as_long_as_it_says(terms, acts, actor, first, later):
    """What is remembered of a frozen story must not be told for too long."""
    assume(known(acts))
    standing = fold(Given(terms, NOTICE), FROZEN, *acts, now=first)
    found = disclosed(standing, actor, first)
    then = first + later * timedelta(hours=7)
    assume(found.valid_until is None or then < found.valid_until)
    anew = fold(Given(terms, NOTICE), FROZEN, *acts, now=then)
    told = disclosed(anew, actor, then)
    assert (told.timeline, told.uses, told.naming) == (
        found.timeline,
        found.uses,
        found.naming,
    )


def test_what_waits_to_open_waits_until_the_freeze_ends():
    settles = TODAY + 3 * DAY
    acts = [Given(SILENCE, NOTICE), Changed(VOICE, settles), FROZEN]
    for now in (NOON, start_of(settles), ENDS - timedelta(microseconds=1)):
        (consent,) = fold(*acts, now=now).consents
        assert (consent.terms, consent.said) == (SILENCE, VOICE)
    (consent,) = fold(*acts, now=ENDS).consents
    assert consent == Consent(narrator_id="a", terms=VOICE)


def test_a_date_that_comes_meanwhile_opens_nothing():
    opening = Permission(
        level=Level.VOICE, not_before=NOON + DAY, open_without_asking=True
    )
    acts = [Given(Terms(permissions={PUBLIC: opening}), NOTICE), FROZEN]
    for now, level in (
        (NOON, Level.NOTHING),
        (NOON + 2 * DAY, Level.NOTHING),
        (ENDS, Level.VOICE),
    ):
        standing = fold(*acts, now=now)
        assert disclosed(standing, Narrator("other"), now).level is level


def test_words_that_are_approved_meanwhile_are_read_by_nobody_else():
    acts = [Given(VOICE, NOTICE), ApprovedTranscript(1), FROZEN, ApprovedTranscript(2)]
    other = Narrator("other")
    held = decide(fold(*acts), other, Part.TRANSCRIPT, NOON)
    assert isinstance(held, Release)
    assert held.revision == 1
    assert decide(fold(*acts, now=ENDS), other, Part.TRANSCRIPT, ENDS).revision == 2
    acts = [Given(VOICE, NOTICE), FROZEN, ApprovedTranscript(1)]
    assert isinstance(decide(fold(*acts), other, Part.TRANSCRIPT, NOON), Refusal)


def test_its_narrators_go_on_hearing_all_of_it():
    standing = fold(Given(SILENCE, NOTICE), FROZEN, Withdrawn())
    assert disclosed(standing, Narrator("a"), NOON).level is Level.IMAGE


def test_one_narrator_freezes_for_all_and_the_others_go_on_deciding():
    acts = [Given(WORDS, NOTICE), Joined("b", NOTICE), Changed(WORDS, None, "b")]
    standing = fold(*acts, FROZEN, Changed(VOICE), Changed(VOICE, None, "b"))
    assert disclosed(standing, Narrator("other"), NOON).level is Level.WORDS
    assert standing.of("b") == Consent(narrator_id="b", terms=VOICE)


def test_a_clock_set_back_does_not_open_what_is_frozen():
    standing = fold(Given(SILENCE, NOTICE), FROZEN, Changed(VOICE), now=NOON - 9 * DAY)
    found = disclosed(standing, Narrator("other"), NOON - 9 * DAY)
    assert found.level is Level.NOTHING


@given(all_terms, histories, actors, days)
def test_whom_nothing_can_reach_is_given_nothing(terms, acts, actor, later):
    assume(known(acts))
    history = [Given(terms, NOTICE), FROZEN, *acts]
    now = NOON + later * DAY
    names = reach(fold(*history, now=BEFORE_ALL))
    given_something = disclosed(fold(*history, now=now), actor, now).level
    if hasattr(actor, "memberships") or isinstance(actor, Narrator):
        assert not given_something or names & names_of(actor)
    assert ENDS in turns(history)


# What is not even recorded


REFUSED = {
    "wider terms": (Given(WORDS, NOTICE), Changed(VOICE)),
    "opened again": (Withdrawn(), Restored()),
    "approved": (Given(VOICE, NOTICE), ApprovedTranscript(1)),
    "a yes": (Given(ASKS, NOTICE), ANSWER),
    "trusted": (Given(VOICE, NOTICE), Delegated("person:x", frozenset({Power.CLOSE}))),
    "trusted more": (
        Delegated("person:x", frozenset({Power.CLOSE})),
        Delegated("person:x", frozenset({Power.CLOSE, Power.ANSWER})),
    ),
    "joined": (Given(VOICE, NOTICE), Joined("b", NOTICE)),
}
GONE = replace(
    VOICE, passages=(Passage(span=Span(5, 9), level=Level.NOTHING, removed=True),)
)
SILENT = replace(VOICE, passages=(Passage(span=Span(5, 9), level=Level.NOTHING),))
REFUSED["silence where no time was"] = (Given(GONE, NOTICE), Changed(SILENT))
TAKEN = {
    "no time where silence was": (Given(SILENT, NOTICE), Changed(GONE)),
    "the same": (Given(VOICE, NOTICE), Changed(VOICE)),
    "narrower terms": (Given(VOICE, NOTICE), Changed(WORDS)),
    "closed": (Given(VOICE, NOTICE), Withdrawn()),
    "not closed": (Given(VOICE, NOTICE), Restored()),
    "a no": (Given(ASKS, NOTICE), Answered("r", "e1", Level.NOTHING, TODAY)),
    "trust ended": (
        Delegated("person:x", frozenset({Power.CLOSE})),
        Delegated("person:x", frozenset()),
    ),
    "trusted less": (
        Delegated("person:x", frozenset({Power.CLOSE, Power.ANSWER})),
        Delegated("person:x", frozenset({Power.ANSWER})),
    ),
    "asked": (Given(ASKS, NOTICE), Asked("r", "e1")),
    "passed on": (Given(ASKS, NOTICE), PassedOn("r")),
    "turned away": (Given(ASKS, NOTICE), TurnedAway("r")),
    "left to another": (Given(ASKS, NOTICE), LeftToDelegate("r")),
    "capped": (Given(VOICE, NOTICE), CAP),
    "a cap taken back": (CAP, Uncapped("k")),
    "attested": (
        Given(VOICE, NOTICE),
        Attested(Event.DEATH, Attestor.CARETAKER, TODAY),
    ),
    "disputed": (Given(VOICE, NOTICE), Disputed(Event.DEATH)),
    "frozen again": (Given(VOICE, NOTICE), FROZEN),
    "left": (Given(VOICE, NOTICE), Left("a")),
    "erased": (Given(VOICE, NOTICE), Erased()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_opens_is_kept_from_being_said(case):
    before, act = REFUSED[case]
    assert kept_from(fold(before, FROZEN), act) == ENDS
    assert kept_from(fold(before), act) is None
    assert kept_from(fold(before, FROZEN, now=ENDS), act) is None


@pytest.mark.parametrize("case", TAKEN)
def test_what_closes_or_opens_nothing_is_taken(case):
    before, act = TAKEN[case]
    assert kept_from(fold(before, FROZEN), act) is None


def test_another_narrator_is_kept_from_nothing_but_letting_someone_join():
    standing = fold(Given(WORDS, NOTICE), Joined("b", NOTICE), Frozen(TODAY, END, "b"))
    assert kept_from(standing, Changed(VOICE)) is None
    assert kept_from(standing, Changed(VOICE, None, "b")) == ENDS
    assert kept_from(standing, Joined("c", NOTICE)) == ENDS
    assert kept_from(standing, Changed(VOICE, None, "nobody")) is None


def test_only_what_goes_on_for_longer_is_a_longer_freeze():
    (frozen,) = fold(FROZEN).consents
    assert longer(Consent(narrator_id="a"), FROZEN)
    assert not longer(frozen, FROZEN)
    assert longer(frozen, Frozen(TODAY, END + DAY))
    assert not longer(Consent(narrator_id="a", left=True), FROZEN)
    assert frozen_until([Consent(narrator_id="b"), frozen]) == ENDS
    assert frozen_until([]) is None


def test_half_frozen_is_not_a_state():
    with pytest.raises(ValueError, match="half frozen"):
        Consent(narrator_id="a", frozen_on=NOON)
    day = datetime(2026, 12, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        Consent(narrator_id="a", frozen_on=day, frozen_until=day)


# Which terms give more

FIELDS = [
    *[(each,) for each in ("permissions", "never", "naming", "passages")],
    ("after_death",),
    (),
    ("permissions", "after_death"),
]


@given(all_terms, all_terms, st.sampled_from(FIELDS), actors, moments)
def test_terms_that_give_no_more_give_nobody_more(before, other, fields, actor, now):
    after = replace(before, **{name: getattr(other, name) for name in fields})
    if gives_more(before, after):
        return
    told = Standing(testimony_id="t", consents=(Consent(narrator_id="a"),))
    less = disclosed(with_terms(told, after), actor, now)
    assert no_more(less, disclosed(with_terms(told, before), actor, now))


@given(all_terms, all_terms)
def test_what_two_terms_both_give_is_no_more_than_either(one, other):
    living, others = (replace(each, after_death=None) for each in (one, other))
    assert not gives_more(living, least(living, others))
    assert not gives_more(others, least(living, others))


@given(all_terms)
def test_the_same_terms_give_no_more(terms):
    assert not gives_more(terms, terms)


PASSAGE = Passage(span=Span(10, 20), level=Level.WORDS)


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (WORDS, VOICE, True),
        (VOICE, WORDS, False),
        (SILENCE, WORDS, True),
        (WORDS, SILENCE, False),
        (Terms(never=frozenset({COMMUNITY})), SILENCE, True),
        (SILENCE, Terms(never=frozenset({COMMUNITY})), False),
        (Terms(naming=Naming.NAME), SILENCE, False),
        (SILENCE, Terms(naming=Naming.NAME), True),
        (Terms(passages=(PASSAGE,)), SILENCE, True),
        (SILENCE, Terms(passages=(PASSAGE,)), False),
        (
            Terms(passages=(PASSAGE,)),
            Terms(passages=(Passage(span=Span(5, 20), level=Level.NOTHING),)),
            False,
        ),
        (
            Terms(passages=(PASSAGE,)),
            Terms(passages=(Passage(span=Span(10, 19), level=Level.WORDS),)),
            True,
        ),
        (
            Terms(passages=(PASSAGE,)),
            Terms(passages=(Passage(span=Span(0), level=Level.VOICE),)),
            True,
        ),
        (SILENCE, Terms(after_death=VOICE), True),
        (Terms(after_death=VOICE), Terms(after_death=WORDS), False),
        (
            VOICE,
            Terms(
                permissions={
                    PUBLIC: Permission(level=Level.VOICE, uses=frozenset({Use.QUOTE}))
                }
            ),
            True,
        ),
        (
            VOICE,
            Terms(permissions={PUBLIC: Permission(level=Level.VOICE, until=NOON)}),
            False,
        ),
        (
            VOICE,
            Terms(permissions={CARETAKERS: Permission(level=Level.EXISTENCE)}),
            True,
        ),
    ],
)
def test_which_terms_give_more(before, after, more):
    assert gives_more(before, after) is more


def test_what_is_cut_without_a_trace_leaves_none_while_it_is_frozen():
    """Terms that were recorded all the same, as by an archive from before this rule."""
    told = fold(Given(GONE, NOTICE), FROZEN, Changed(SILENT))

    heard = decide(told, Anyone(), Part.AUDIO, NOON)

    assert heard.holes == (Hole(Span(5, 9), removed=True),)
