"""The laws of the design's section 2, each by its name, at every moment of a recording.

`docs/law.md` says them in plain words; `test_rules.py` has the examples.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent.actors import (
    Anyone,
    Membership,
    Narrator,
    Person,
    Renderer,
    Transcriber,
    audiences_of,
    ever_audiences_of,
)
from consent.audiences import COMMUNITY, PUBLIC, SLOW, TRANSCRIBER, Audience
from consent.decisions import Disclosure, Reason, Refusal, Release
from consent.levels import Level, Naming, Use
from consent.parts import Part
from consent.rules import decide, disclosed
from consent.standing import Answer, Consent, Standing
from consent.terms import Passage, Permission, Terms, terms_after_death
from consent.timeline import Span, Timeline
from consent.widening import while_cooling, widens_slowly
from tests.consent.conftest import (
    DAY,
    FOREVER,
    NARRATORS,
    NOON,
    OTHER,
    THE_NARRATOR,
    actors,
    all_terms,
    answers,
    audiences,
    caps,
    consents,
    machines,
    member,
    memberships,
    moments,
    others,
    passages,
    permissions,
    persons,
    standing_of,
    standings,
)

parts = st.sampled_from(Part)
EVERYTHING = Timeline.always(Level.IMAGE)


def no_more(one, other):
    """Say whether one disclosure is nowhere, and for no use, more than another."""
    return (
        one.timeline.meet(other.timeline) == one.timeline
        and all(
            use in other.uses and far.meet(other.uses[use]) == far
            for use, far in one.uses.items()
        )
        and one.naming <= other.naming
    )


def with_terms(standing, terms):
    first, *rest = standing.consents
    return replace(standing, consents=(replace(first, terms=terms), *rest))


def gives(standing, actor, now):
    return {
        part: found
        for part in Part
        if isinstance(found := decide(standing, actor, part, now), Release)
    }


# Sealed by default


@given(actors, parts, moments)
def test_silence_is_no(actor, part, now):
    silent = standing_of(terms=Terms(never=frozenset({TRANSCRIBER})))
    decision = decide(silent, actor, part, now)

    if actor not in {THE_NARRATOR, Renderer()}:
        assert isinstance(decision, Refusal)
        assert not decision.known


@given(actors, parts, moments)
def test_a_testimony_of_nobody_is_nobodys(actor, part, now):
    nobodys = Standing(testimony_id="t")

    assert decide(nobodys, actor, part, now) == Refusal(Reason.NOT_OPENED)


@given(standings, actors, parts, moments)
def test_a_naive_time_is_no(standing, actor, part, now):
    naive = now.replace(tzinfo=None)

    assert decide(standing, actor, part, naive) == Refusal(Reason.UNKNOWN_TIME)


# Erased, withdrawn, left


@given(standings, actors, parts, moments)
def test_what_was_erased_is_nobodys(standing, actor, part, now):
    erased = replace(standing, erased=True)

    assert decide(erased, actor, part, now) == Refusal(Reason.ERASED)


@given(standings, actors, st.integers(0, 2), moments)
def test_what_one_narrator_withdrew_is_its_narrators_alone(standing, actor, who, now):
    assume(not standing.erased and who < len(standing.consents))
    several = list(standing.consents)
    several[who] = replace(several[who], withdrawn=True)
    withdrawn = replace(standing, consents=tuple(several))
    owns = any(
        actor == Narrator(each.narrator_id) and not each.left for each in several
    )
    found = disclosed(withdrawn, actor, now)

    assert found.timeline == Timeline.always(Level.IMAGE if owns else Level.NOTHING)
    if not owns:
        assert not found.uses
        assert found.naming is Naming.UNNAMED


@given(standings, actors, st.integers(0, 2), moments)
def test_who_left_takes_it_from_everyone_but_the_other_narrators(
    standing, actor, who, now
):
    assume(not standing.erased and who < len(standing.consents))
    several = list(standing.consents)
    gone = {"left": True, "withdrawn": False, "erases_after": None}
    several[who] = replace(several[who], **gone)
    left = replace(standing, consents=tuple(several))
    owns = any(
        actor == Narrator(each.narrator_id) and not each.left for each in several
    )

    assert disclosed(left, actor, now).level is (Level.IMAGE if owns else Level.NOTHING)


@given(standings, parts, moments)
def test_each_narrator_has_everything_of_their_own(standing, part, now):
    assume(not standing.erased and part is not Part.CHECKPOINT)

    for consent in standing.consents:
        if not consent.left:
            assert decide(standing, Narrator(consent.narrator_id), part, now) == (
                Release(
                    "t",
                    part,
                    Disclosure(
                        timeline=EVERYTHING,
                        uses=dict.fromkeys(Use, EVERYTHING),
                        naming=Naming.NAME,
                        reasons=frozenset({Reason.NARRATOR}),
                    ),
                )
            )


@given(standings, others, moments)
def test_machine_words_are_the_narrators_alone_until_all_have_approved(
    standing, actor, now
):
    first, *rest = standing.consents
    one_has_not = replace(
        standing, consents=(replace(first, transcript_approved=False), *rest)
    )

    given_now = gives(one_has_not, actor, now).keys()
    assert not given_now & {Part.TRANSCRIPT, Part.CAPTIONS}
    alone = {Part.MACHINE_TRANSCRIPT, Part.ORIGINAL, Part.CHECKPOINT}
    assert not gives(standing, actor, now).keys() & alone


# What is lowered is never raised


@given(standings, actors, passages, moments)
def test_adding_a_passage_never_raises(standing, actor, passage, now):
    terms = standing.consents[0].terms
    more = with_terms(standing, replace(terms, passages=(*terms.passages, passage)))

    assert no_more(disclosed(more, actor, now), disclosed(standing, actor, now))


@given(standings, actors, caps, moments)
def test_adding_a_cap_never_raises(standing, actor, cap, now):
    more = replace(standing, caps=(*standing.caps, cap))

    assert no_more(disclosed(more, actor, now), disclosed(standing, actor, now))


@given(standings, actors, consents, moments)
def test_adding_a_narrator_never_raises_for_anyone_but_that_narrator(
    standing, actor, consent, now
):
    newcomer = replace(consent, narrator_id="d4")
    more = replace(standing, consents=(*standing.consents, newcomer))

    assert no_more(disclosed(more, actor, now), disclosed(standing, actor, now))


@given(standings, actors, moments)
def test_asking_to_erase_gives_nobody_more_and_takes_all_that_closing_takes(
    standing, actor, now
):
    first, *others = standing.consents or (Consent(narrator_id="a"),)
    asked, closed = (
        replace(standing, consents=(each, *others))
        for each in (
            replace(first, withdrawn=True, erases_after=date(2026, 11, 23)),
            replace(first, withdrawn=True),
        )
    )

    assert disclosed(asked, actor, now) == disclosed(closed, actor, now)


@given(standings, actors, moments)
def test_adding_a_withdrawal_never_raises(standing, actor, now):
    first, *rest = standing.consents
    for done in (replace(first, withdrawn=True), replace(first, left=True)):
        more = replace(standing, consents=(done, *rest))
        assert no_more(disclosed(more, actor, now), disclosed(standing, actor, now))


@given(standings, actors, audiences | st.just(TRANSCRIBER), permissions, moments)
def test_adding_a_condition_never_raises(standing, actor, audience, permission, now):
    def with_permission(changed):
        terms = standing.consents[0].terms
        said = {**terms.permissions, audience: changed}
        return with_terms(standing, replace(terms, permissions=said))

    before = disclosed(with_permission(permission), actor, now)
    until = permission.until or FOREVER
    for narrower in (
        replace(permission, level=Level.NOTHING),
        replace(permission, level=min(permission.level, Level.WORDS)),
        replace(permission, uses=frozenset()),
        replace(permission, until=min(until, now)),
        replace(permission, until=min(until, now + DAY)),
        replace(permission, not_before=now + DAY),
        replace(permission, not_before=now, open_without_asking=False),
        replace(permission, open_without_asking=permission.not_before is None),
    ):
        assert no_more(disclosed(with_permission(narrower), actor, now), before)


@given(standings, others, audiences, permissions, moments)
def test_asking_first_never_raises(standing, actor, audience, permission, now):
    terms = standing.consents[0].terms

    def found(changed):
        said = {**terms.permissions, audience: changed}
        changed = with_terms(standing, replace(terms, permissions=said))
        return disclosed(changed, actor, now)

    asked = found(replace(permission, ask_me=True))
    assert no_more(asked, found(replace(permission, ask_me=False)))


@given(standings, others, audiences, moments)
def test_saying_never_never_raises_and_is_a_wall(standing, actor, audience, now):
    terms = standing.consents[0].terms
    walled = with_terms(standing, replace(terms, never=terms.never | {audience}))
    found = disclosed(walled, actor, now)

    assert no_more(found, disclosed(standing, actor, now))
    if audience in ever_audiences_of(actor):
        assert found.level is Level.NOTHING


@given(standings, persons, memberships, moments)
def test_a_wall_stays_for_whoever_was_ever_attested(standing, person, membership, now):
    terms = standing.consents[0].terms
    walled = with_terms(
        standing, replace(terms, never=frozenset({membership.audience}))
    )
    was = replace(membership, until=min(membership.until, now - DAY))
    behind = replace(person, memberships=person.memberships | {was})

    assert disclosed(walled, behind, now).level is Level.NOTHING


@given(standings, persons, passages, memberships, moments)
def test_a_wall_in_a_passage_is_one_for_the_person_whatever_else_they_are_in(
    standing, person, passage, membership, now
):
    passage = replace(passage, never=frozenset({membership.audience}))
    terms = standing.consents[0].terms
    walled = with_terms(standing, replace(terms, passages=(passage,)))
    was = replace(membership, until=min(membership.until, now - DAY))
    behind = replace(person, memberships=person.memberships | {was})

    if passage.holds(now):
        timeline = disclosed(walled, behind, now).timeline
        assert timeline.at(passage.span.start) is Level.NOTHING
        last = passage.span.end - 1 if passage.span.end else 10**9
        assert timeline.at(last) is Level.NOTHING


@given(standings, others, moments)
def test_without_their_answer_a_person_has_no_more_than_existence_of_what_is_asked(
    standing, actor, now
):
    """An answer can only give what asking held back; it takes nothing else."""
    first, *rest = standing.consents
    unanswered = replace(standing, consents=(replace(first, answers=()), *rest))
    before = disclosed(unanswered, actor, now).timeline
    after = disclosed(standing, actor, now).timeline

    above = before.meet(after)
    for span, level in before.spans():
        if level > Level.EXISTENCE:
            assert above.at(span.start) >= Level.WORDS


@given(standings, answers, moments)
def test_an_answer_is_one_persons(standing, answer, now):
    """What is answered to one changes nothing for another."""
    person = Person("f3", frozenset({Membership(COMMUNITY, "someone", FOREVER)}))
    first, *rest = standing.consents
    answered = replace(standing, consents=(replace(first, answers=(answer,)), *rest))
    silent = replace(standing, consents=(replace(first, answers=()), *rest))

    assert disclosed(answered, person, now).timeline == (
        disclosed(silent, person, now).timeline
    )


# What is added to an actor never lowers


@given(standings, persons, memberships, moments)
def test_adding_an_audience_without_a_never_never_lowers(
    standing, person, membership, now
):
    audience = membership.audience
    walls = [each.terms.never for each in standing.consents]
    walls += [p.never for each in standing.consents for p in each.terms.passages]
    walls += [cap.passage.never for cap in standing.caps]
    assume(not any(audience in never for never in walls))
    more = replace(person, memberships=person.memberships | {membership})

    assert no_more(disclosed(standing, person, now), disclosed(standing, more, now))
    before, after = gives(standing, person, now), gives(standing, more, now)
    assert before.keys() <= after.keys()
    for part, release in before.items():
        assert set(after[part].withheld) <= set(release.withheld) or not any(
            after[part].disclosure.timeline.at(span.start)
            < release.disclosure.timeline.at(span.start)
            for span in after[part].withheld
        )


@given(standings, others, moments)
def test_no_audience_gets_less_than_the_public(standing, actor, now):
    behind = ever_audiences_of(actor) - {PUBLIC}
    walls = [each.terms.never for each in standing.consents]
    walls += [p.never for each in standing.consents for p in each.terms.passages]
    walls += [cap.passage.never for cap in standing.caps]
    assume(not any(behind & never for never in walls))

    public, theirs = disclosed(standing, Anyone(), now), disclosed(standing, actor, now)
    assert no_more(public, theirs)
    assert gives(standing, Anyone(), now).keys() <= gives(standing, actor, now).keys()


@given(standings, persons, moments)
def test_what_is_no_longer_attested_gives_nothing(standing, person, now):
    late = max(now, standing.recorded_to) if standing.recorded_to else now
    over = frozenset(m for m in person.memberships if m.until <= late)
    walls = [each.terms.never for each in standing.consents]
    walls += [p.never for each in standing.consents for p in each.terms.passages]
    walls += [cap.passage.never for cap in standing.caps]
    gone = {each.audience for each in over}
    assume(not any(gone & never for never in walls))
    without = replace(person, memberships=person.memberships - over)

    one, other = disclosed(standing, person, now), disclosed(standing, without, now)
    assert replace(one, valid_until=None) == replace(other, valid_until=None)


# Order, time, totality


@given(standings, actors, parts, moments, st.randoms())
def test_the_order_of_everything_is_irrelevant(standing, actor, part, now, random):
    def shuffled(each):
        several = list(each)
        random.shuffle(several)
        return tuple(several)

    def turned(terms):
        return replace(
            terms,
            permissions=dict(shuffled(terms.permissions.items())),
            passages=tuple(
                replace(p, audiences=dict(shuffled(p.audiences.items())))
                for p in shuffled(terms.passages)
            ),
        )

    other = replace(
        standing,
        caps=shuffled(standing.caps),
        consents=shuffled(
            replace(each, terms=turned(each.terms), answers=shuffled(each.answers))
            for each in standing.consents
        ),
    )

    assert decide(other, actor, part, now) == decide(standing, actor, part, now)
    assert disclosed(other, actor, now) == disclosed(standing, actor, now)


@given(standings, actors, moments, moments)
def test_what_is_decided_holds_until_the_moment_it_says(standing, actor, now, later):
    found = disclosed(standing, actor, now)
    assume(now <= later and (found.valid_until is None or later < found.valid_until))
    anew = replace(standing)

    assert disclosed(anew, actor, later) == found
    for part in Part:
        assert decide(anew, actor, part, later) == decide(standing, actor, part, now)


@given(standings, st.lists(st.tuples(actors, parts, moments), max_size=6))
def test_what_is_remembered_is_what_would_be_worked_out(standing, asked):
    """In whatever order people ask, each is answered as if nobody had asked before."""
    for actor, part, now in asked * 2:
        fresh = decide(replace(standing), actor, part, now)
        assert decide(standing, actor, part, now) == fresh


def test_what_is_remembered_is_asked_for_no_earlier_and_no_later():
    opening = Permission(
        level=Level.VOICE, not_before=NOON, until=NOON + DAY, open_without_asking=True
    )
    standing = standing_of(terms=Terms(permissions={PUBLIC: opening}))
    tick = timedelta(microseconds=1)

    for moment, expected in [
        (NOON, Level.VOICE),
        (NOON - tick, Level.NOTHING),
        (NOON, Level.VOICE),
        (NOON + DAY - tick, Level.VOICE),
        (NOON + DAY, Level.NOTHING),
        (NOON + DAY - tick, Level.VOICE),
    ]:
        assert disclosed(standing, Anyone(), moment).level is expected
    assert disclosed(standing, Anyone(), NOON) is disclosed(standing, Anyone(), NOON)


@given(standings, actors, moments, st.integers(1, 365 * 24))
def test_a_clock_set_back_never_opens_again_what_ended(standing, actor, now, hours):
    """Of two clocks the archive believes the later for what ends, and for what begins
    the earlier."""
    recorded = replace(standing, recorded_to=now)
    back = now - timedelta(hours=hours)

    assert no_more(disclosed(recorded, actor, back), disclosed(recorded, actor, now))


ever = st.datetimes(timezones=st.timezones() | st.just(NOON.tzinfo))


@given(standings, actors, parts, ever)
def test_it_is_total_and_deterministic(standing, actor, part, now):
    one, other = (decide(standing, actor, part, now) for _ in range(2))

    assert isinstance(one, Release | Refusal)
    assert one == other


@given(st.integers(0), st.sampled_from(Level))
def test_it_is_total_for_spans_of_any_size(start, level):
    passage = Passage(span=Span(start, start + 10**30), level=level)
    terms = Terms(
        permissions={PUBLIC: Permission(level=Level.VOICE)}, passages=(passage,)
    )

    timeline = disclosed(standing_of(terms=terms), Anyone(), NOON).timeline
    assert timeline.at(start) is min(level, Level.VOICE)
    assert timeline.at(start + 10**30) is Level.VOICE


# The machine


@given(standings, machines, moments)
def test_the_machine_hears_all_of_it_or_nothing_and_lends_no_name(
    standing, machine, now
):
    found = disclosed(standing, machine, now)

    assert found.timeline in {EVERYTHING, Timeline.always(Level.NOTHING)}
    assert not found.uses
    assert found.naming is Naming.UNNAMED


@given(standings, moments)
def test_one_narrator_can_refuse_the_machine_for_all(standing, now):
    terms = standing.consents[0].terms
    refused = with_terms(standing, replace(terms, never=terms.never | {TRANSCRIBER}))

    assert disclosed(refused, Transcriber(), now).level is Level.NOTHING
    assert disclosed(refused, Renderer(), now).level is (
        disclosed(standing, Renderer(), now).level
    )


# Cooling off


def slow_actors():
    """Those who are in no audience that can be opened at once."""
    in_the_community = member(COMMUNITY, person="f3")
    return st.sampled_from([Anyone(), Narrator("other"), in_the_community])


def heard(terms, actor, now):
    return disclosed(standing_of(terms=terms), actor, now)


@given(all_terms, all_terms, slow_actors(), moments)
def test_while_cooling_the_slow_get_no_more_than_before_nor_than_after(
    before, after, actor, now
):
    cooling = while_cooling(before, after)

    for state in (lambda terms: terms, terms_after_death):
        found = heard(state(cooling), actor, now)
        for other in (before, after):
            assert no_more(found, heard(state(other), actor, now))


@given(all_terms, all_terms, actors, moments)
def test_while_cooling_nobody_gets_more_than_the_new_terms_give(
    before, after, actor, now
):
    cooling = while_cooling(before, after)

    for state in (lambda terms: terms, terms_after_death):
        assert no_more(
            heard(state(cooling), actor, now), heard(state(after), actor, now)
        )


@given(all_terms, all_terms, moments)
def test_while_cooling_what_is_opened_to_others_is_open_at_once(before, after, now):
    """Where neither the community nor the public is spoken of, nothing waits."""

    def without_the_slow(terms):
        said = {a: p for a, p in terms.permissions.items() if a not in SLOW}
        passages_left = tuple(p for p in terms.passages if not p.never & SLOW)
        then = terms.after_death and without_the_slow(terms.after_death)
        return replace(
            terms,
            permissions=said,
            never=terms.never - SLOW,
            passages=passages_left,
            after_death=then,
        )

    before, after = without_the_slow(before), without_the_slow(after)
    cooling = while_cooling(before, after)

    for actor in (member(person=OTHER), Narrator(NARRATORS[0])):
        assert heard(cooling, actor, now) == heard(after, actor, now)


@given(all_terms, all_terms)
def test_what_cools_has_nothing_left_to_cool_against_what_was(before, after):
    cooling = while_cooling(before, after)

    assert while_cooling(cooling, after) == cooling or widens_slowly(cooling, after)
    assert cooling.transcription is after.transcription
    assert after.never <= cooling.never


@given(all_terms)
def test_the_same_terms_again_widen_nothing(terms):
    assert not widens_slowly(terms, terms)
    assert while_cooling(terms, terms) == terms


@given(all_terms)
def test_closing_to_the_slow_widens_nothing(terms):
    fewer = {a: p for a, p in terms.permissions.items() if a not in SLOW}
    then = terms.after_death
    narrower = replace(
        terms,
        permissions=fewer,
        after_death=None if then is None else replace(then, permissions={}),
    )

    assert not widens_slowly(terms, narrower)


# Values


@pytest.mark.parametrize(
    "made",
    [
        lambda: Person("NOT HEX"),
        lambda: Person(""),
        lambda: Membership(PUBLIC, "someone", NOON),
        lambda: Membership(Audience.parse("person:e1"), "someone", NOON),
        lambda: Membership(TRANSCRIBER, "someone", NOON),
        lambda: Membership(COMMUNITY, "", NOON),
        lambda: Membership(COMMUNITY, "someone", NOON.replace(tzinfo=None)),
        lambda: Standing(testimony_id="t", recorded_to=NOON.replace(tzinfo=None)),
        lambda: Answer("e1", Level.NOTHING, NOON),
        lambda: Answer("e1", Level.WORDS, NOON.replace(tzinfo=None)),
        lambda: Consent(
            narrator_id="a",
            answers=(
                Answer("e1", Level.WORDS, NOON),
                Answer("e1", Level.VOICE, NOON),
            ),
        ),
        lambda: Consent(narrator_id="a", settles=NOON.replace(tzinfo=None)),
        lambda: Consent(narrator_id="a", turns=NOON.replace(tzinfo=None)),
        lambda: Standing(
            testimony_id="t",
            consents=(Consent(narrator_id="a"), Consent(narrator_id="a")),
        ),
    ],
    ids=range(14),
)
def test_a_value_that_the_law_could_not_read_cannot_be_made(made):
    with pytest.raises(ValueError, match=r"."):
        made()


@given(persons, moments)
def test_all_but_machines_are_the_public_and_themselves(person, now):
    found = audiences_of(person, now)

    assert {PUBLIC, Audience.parse(f"person:{person.person_id}")} <= found
    assert found <= ever_audiences_of(person)
    living = {m.audience for m in person.memberships if now < m.until}
    assert len(found) == 2 + len(living)
