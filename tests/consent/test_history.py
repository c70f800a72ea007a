"""The fold: acts in ledger order give how a testimony stands, and nothing else does."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from consent.actors import Anyone
from consent.acts import (
    Answered,
    ApprovedTranscript,
    Asked,
    Changed,
    Erased,
    Given,
    Notice,
    Restored,
    Withdrawn,
)
from consent.audiences import CARETAKERS, PUBLIC, RESEARCHERS
from consent.history import standing_at
from consent.levels import Level, Naming, Use
from consent.rules import disclosed
from consent.standing import Answer, Standing
from consent.terms import SILENCE, Permission, Terms
from consent.widening import while_cooling, widens_slowly
from tests.consent.conftest import NOON, all_terms, moments, others

NOTICE = Notice("2026-11", "es")
WIDE = Terms(
    permissions={
        PUBLIC: Permission(level=Level.VOICE),
        CARETAKERS: Permission(level=Level.WORDS),
    }
)
TODAY = NOON.date()


def fold(*acts, now=NOON):
    return standing_at("t", "n", acts, now)


def test_each_act_does_what_it_says():
    answer = Answered("r", "p", Level.WORDS, TODAY + timedelta(90))
    acts = [Given(WIDE, NOTICE), Asked("r", "p"), answer, ApprovedTranscript(1)]

    assert fold(*acts) == Standing(
        testimony_id="t",
        narrator_id="n",
        terms=WIDE,
        answers=(Answer("p", Level.WORDS, datetime(2027, 2, 21, tzinfo=UTC)),),
        transcript_approved=True,
    )
    assert fold(*acts, Withdrawn()) == Standing(
        testimony_id="t",
        narrator_id="n",
        terms=WIDE,
        transcript_approved=True,
        withdrawn=True,
    )
    assert fold(*acts, Withdrawn(), Restored()).withdrawn is False
    assert fold(*acts, Erased(), Restored()) == Standing(
        testimony_id="t", narrator_id="n", erased=True
    )


def test_a_later_no_takes_a_yes_back():
    yes = Answered("r", "p", Level.VOICE, TODAY + timedelta(90))
    no = Answered("r", "p", Level.NOTHING, TODAY + timedelta(90))

    assert fold(Given(WIDE, NOTICE), yes, no).answers == ()
    assert len(fold(Given(WIDE, NOTICE), yes, yes).answers) == 1


def test_what_widens_waits_for_its_day_and_what_narrows_does_not():
    settles = date(2026, 11, 27)
    narrow = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE)})
    acts = [Given(narrow, NOTICE), Changed(WIDE, settles)]
    before = datetime(2026, 11, 26, 23, 59, 59, 999999, tzinfo=UTC)

    waiting, settled = (
        fold(*acts, now=before),
        fold(*acts, now=before + timedelta(microseconds=1)),
    )

    assert settled.settles is None
    assert waiting.terms == Terms(
        permissions={CARETAKERS: Permission(level=Level.WORDS)}
    )
    assert waiting.awaited == WIDE
    assert waiting.settles == datetime(2026, 11, 27, tzinfo=UTC)
    assert settled.terms == WIDE
    assert settled.awaited is None


def test_a_later_word_replaces_what_was_still_to_come():
    narrow = Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE)})
    standing = fold(
        Given(SILENCE, NOTICE), Changed(WIDE, date(2026, 11, 27)), Changed(narrow)
    )

    assert standing == Standing(testimony_id="t", narrator_id="n", terms=narrow)


@given(all_terms, all_terms)
def test_cooling_gives_the_slow_no_more_than_before_or_after(before, after):
    cooling = while_cooling(before, after)

    assert not widens_slowly(before, cooling)
    assert cooling.transcription is after.transcription
    assert after.never <= cooling.never


def test_while_cooling_the_stricter_of_each_condition_holds():
    day = timedelta(1)
    before = Permission(
        level=Level.VOICE,
        uses=frozenset({Use.QUOTE, Use.PERFORM}),
        ask_me=True,
        not_before=NOON,
        open_without_asking=True,
        until=NOON + 9 * day,
    )
    after = Permission(
        level=Level.WORDS,
        uses=frozenset({Use.QUOTE, Use.DOWNLOAD}),
        not_before=NOON + day,
        open_without_asking=True,
        until=NOON + 5 * day,
    )
    strict = Permission(
        level=Level.WORDS,
        uses=frozenset({Use.QUOTE}),
        ask_me=True,
        not_before=NOON + day,
        open_without_asking=True,
        until=NOON + 5 * day,
    )

    def cooling(one, other):
        terms = (Terms(permissions={PUBLIC: p}) for p in (one, other))
        return while_cooling(*terms).permissions[PUBLIC]

    assert cooling(before, after) == cooling(after, before) == strict
    dated = Permission(level=Level.VOICE, not_before=NOON)
    opening = Permission(level=Level.VOICE, not_before=NOON, open_without_asking=True)
    undated = Permission(level=Level.VOICE, open_without_asking=True)
    plain = Permission(level=Level.VOICE)
    assert cooling(dated, opening) == cooling(opening, dated) == dated
    assert cooling(dated, undated) == cooling(undated, dated) == dated
    assert cooling(opening, plain) == cooling(plain, opening) == opening
    endless = Permission(level=Level.VOICE, until=NOON)
    assert cooling(plain, endless) == cooling(endless, plain) == endless


@given(all_terms, all_terms, moments)
def test_while_cooling_the_public_hears_no_more_than_before(before, after, now):
    def heard(terms):
        standing = Standing(testimony_id="t", narrator_id="n", terms=terms)
        return disclosed(standing, Anyone(), now)

    cooling, old = heard(while_cooling(before, after)), heard(before)

    assert cooling.level <= old.level
    assert cooling.uses <= old.uses


def test_a_name_for_others_does_not_wait_where_the_slow_hear_nothing():
    after = Terms(
        permissions={RESEARCHERS: Permission(level=Level.VOICE)}, naming=Naming.NAME
    )

    assert while_cooling(SILENCE, after) == after


@given(all_terms, all_terms, others, moments)
def test_while_cooling_nobody_hears_more_than_the_new_terms_give(
    before, after, actor, now
):
    def level(terms):
        standing = Standing(testimony_id="t", narrator_id="n", terms=terms)
        return disclosed(standing, actor, now).level

    assert level(while_cooling(before, after)) <= level(after)


def test_a_restoration_keeps_what_was_still_to_come():
    settles = date(2026, 11, 27)
    acts = [Given(SILENCE, NOTICE), Changed(WIDE, settles), Withdrawn()]

    at_once = fold(*acts, Restored())
    later = fold(*acts, Restored(date(2026, 11, 29)))
    after = datetime(2026, 11, 29, tzinfo=UTC)

    assert (at_once.awaited, later.awaited) == (WIDE, WIDE)
    assert PUBLIC not in at_once.terms.permissions
    assert fold(*acts, Restored(), now=datetime(2026, 11, 27, tzinfo=UTC)).terms == WIDE
    assert fold(*acts, Restored(date(2026, 11, 29)), now=after).terms == WIDE
    assert later.settles == after


@given(all_terms)
def test_the_same_terms_again_widen_nothing(terms):
    assert not widens_slowly(terms, terms)
    assert while_cooling(terms, terms) == terms


def test_a_name_told_to_the_public_waits_too():
    before = Terms(permissions={PUBLIC: Permission(level=Level.VOICE)})
    after = Terms(permissions=before.permissions, naming=Naming.NAME)

    assert while_cooling(before, after).naming is Naming.UNNAMED
    assert widens_slowly(SILENCE, WIDE)


@given(
    st.lists(st.sampled_from([Withdrawn(), Restored(), Given(WIDE, NOTICE), Erased()]))
)
def test_nothing_follows_an_erasing(acts):
    erased = fold(*acts, Erased(), *acts)

    assert erased == Standing(testimony_id="t", narrator_id="n", erased=True)
