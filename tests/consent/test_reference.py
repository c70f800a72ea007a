"""`consent.rules` says at every moment what a slow reading of the page says.

Some thousands of cases each time; `RESGUARDO_CASES=1000000` tries a million.
"""

import os
from dataclasses import replace
from itertools import pairwise

import pytest

from consent.decisions import Refusal, Release
from consent.levels import Level, Use
from consent.rules import decide, disclosed
from consent.standing import Consent, Standing
from consent.terms import Passage, Terms
from consent.timeline import Span
from tests.consent import reference
from tests.consent.cases import TIMES, Cases

CASES = int(os.environ.get("RESGUARDO_CASES", "4000"))
CHUNKS = 4


def agrees(standing, actor, part, now):
    """Compare the law with the reference; return the law's answer."""
    found, word = (
        disclosed(standing, actor, now),
        reference.disclosed(standing, actor, now),
    )
    assert {each: found.timeline.at(each) for each in word.levels} == word.levels
    assert found.uses.keys() == word.uses.keys()
    for use, far in found.uses.items():
        assert {each: far.at(each) for each in word.levels} == word.uses[use]
    assert found.naming is word.naming

    answer = decide(standing, actor, part, now)
    expected = reference.decide(standing, actor, part, now)
    if isinstance(expected, reference.No):
        assert isinstance(answer, Refusal)
        assert answer.known is expected.known
    else:
        assert isinstance(answer, Release)
        assert (answer.testimony_id, answer.part) == (standing.testimony_id, part)
        assert answer.disclosure == found
        spans = {
            "withheld": answer.withheld,
            "silent": [each.span for each in answer.holes if not each.removed],
            "removed": [each.span for each in answer.holes if each.removed],
        }
        for name, told in spans.items():
            covered = {
                each
                for each in word.levels
                for span in told
                if span.start <= each and (span.end is None or each < span.end)
            }
            assert covered == getattr(expected, name)
        ordered = [each.span for each in answer.holes]
        assert all(one.end <= two.start for one, two in pairwise(ordered))
    return found, answer


def is_canonical(timeline, moments):
    starts = [start for start, _ in timeline.steps]
    levels = [level for _, level in timeline.steps]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert set(starts) <= set(moments)
    assert all(one is not two for one, two in pairwise(levels))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_law_agrees_with_a_slow_reading_of_it(chunk):
    cases = Cases(f"resguardo {os.environ.get('RESGUARDO_SEED', '')} {chunk}")
    released = 0
    for number in range(CASES // CHUNKS):
        standing, actor = cases.standing(), cases.actor()
        part, now = cases.part(), cases.now()
        try:
            found, answer = agrees(standing, actor, part, now)
            is_canonical(found.timeline, reference.moments_of(standing))
            released += isinstance(answer, Release)
            if now.tzinfo is None:
                continue
            until = found.valid_until
            assert until is None or until > now
            later = [t for t in TIMES if t > now and (until is None or t < until)]
            for other in later[:1] + later[-1:]:
                anew = replace(standing)
                assert disclosed(anew, actor, other) == found
                assert decide(anew, actor, part, other) == answer
        except AssertionError as error:
            error.add_note(f"case {number}: {standing}, {actor}, {part}, {now}")
            raise
    # A reading that refuses everything would agree about nothing.
    assert released > CASES // CHUNKS // 20


def test_a_disagreement_would_be_seen():
    """Each kind of answer is compared: a wrong one of each is caught."""
    cases, seen = Cases("caught"), set()
    while len(seen) < 4:
        standing, actor, now = cases.standing(), cases.actor(), TIMES[3]
        if not standing.consents:
            continue
        one, *others = standing.consents
        wrong = {
            "level": replace(one, terms=replace(one.terms, permissions={})),
            "naming": replace(
                one, terms=replace(one.terms, naming=2 - one.terms.naming)
            ),
            "withheld": replace(one, terms=replace(one.terms, passages=())),
            "answer": replace(one, answers=()),
        }
        for kind, other in wrong.items():
            changed = replace(standing, consents=(other, *others))
            law = disclosed(changed, actor, now)
            word = reference.disclosed(standing, actor, now)
            levels = {each: law.timeline.at(each) for each in word.levels}
            if levels != word.levels or law.naming != word.naming:
                seen.add(kind)


def test_the_moments_looked_at_are_the_ends_what_is_beside_them_and_between():
    passage = Passage(span=Span(10, 20), level=Level.WORDS)
    consent = Consent(narrator_id="a", terms=Terms(passages=(passage,)))

    assert reference.moments_of(Standing(testimony_id="t", consents=(consent,))) == [
        *(0, 1, 5),
        *(9, 10, 11, 15, 19, 20, 21),
    ]


def test_uses_go_no_further_than_where_they_were_said():
    cases, together = Cases("uses"), 0
    for _ in range(1000):
        standing, actor, now = cases.standing(), cases.actor(), TIMES[2]
        found = disclosed(standing, actor, now)
        for use in Use:
            for level in (Level.WORDS, Level.VOICE):
                word = reference.disclosed(standing, actor, now)
                expected = word.most >= level and all(
                    word.uses.get(use, {}).get(each, Level.NOTHING) >= level
                    for each, open_here in word.levels.items()
                    if open_here >= level
                )
                assert found.allows(use, level) is expected
                together += expected
    assert together > 50
