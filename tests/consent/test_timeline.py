"""Levels along a recording: a lattice at every moment, and one way to write each."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.levels import Level
from consent.timeline import Span, Timeline, highest_of, lowest_of
from tests.consent.conftest import levels, spans

MOMENTS = range(20)
limits = st.lists(st.tuples(spans, levels), max_size=5)
timelines = limits.map(Timeline.limited)
several = st.lists(timelines, min_size=1, max_size=5)


def along(timeline):
    return [timeline.at(moment) for moment in MOMENTS]


def inside(moment, span):
    return span.start <= moment and (span.end is None or moment < span.end)


def is_canonical(timeline):
    assert timeline.steps[0][0] == 0
    assert all(one[0] < two[0] for one, two in pairwise(timeline.steps))
    assert all(one[1] is not two[1] for one, two in pairwise(timeline.steps))
    assert all(isinstance(level, Level) for _, level in timeline.steps)


@given(limits)
def test_what_is_limited_is_the_least_said_at_every_moment(limited):
    timeline = Timeline.limited(limited)

    is_canonical(timeline)
    assert along(timeline) == [
        min([Level.IMAGE, *(level for span, level in limited if inside(m, span))])
        for m in MOMENTS
    ]


@given(st.lists(spans, max_size=4), levels, levels)
def test_what_is_within_and_what_is_outside(several, one, other):
    timeline = Timeline.within(several, one, other)

    is_canonical(timeline)
    assert along(timeline) == [
        one if any(inside(m, span) for span in several) else other for m in MOMENTS
    ]


@given(several)
def test_the_lowest_and_the_highest_of_several_at_every_moment(several):
    lowest, highest = lowest_of(several), highest_of(several)

    is_canonical(lowest)
    is_canonical(highest)
    assert along(lowest) == [min(each.at(m) for each in several) for m in MOMENTS]
    assert along(highest) == [max(each.at(m) for each in several) for m in MOMENTS]


@given(timelines, timelines, timelines)
def test_meet_and_join_are_a_lattice(a, b, c):
    assert a.meet(b) == b.meet(a)
    assert a.join(b) == b.join(a)
    assert a.meet(b).meet(c) == a.meet(b.meet(c)) == lowest_of([c, a, b])
    assert a.join(b).join(c) == a.join(b.join(c)) == highest_of([c, a, b])
    assert a.meet(a) == a.join(a) == a
    assert a.meet(a.join(b)) == a.join(a.meet(b)) == a
    assert a.meet(b.join(c)) == a.meet(b).join(a.meet(c))
    assert a.join(Timeline.always(Level.NOTHING)) == a
    assert a.meet(Timeline.always(Level.IMAGE)) == a
    assert a.meet(Timeline.always(Level.NOTHING)) == Timeline.always(Level.NOTHING)


@given(timelines, timelines)
def test_two_that_say_the_same_are_equal_and_no_others(one, other):
    assert (one == other) is (along(one) == along(other))
    assert one != other or hash(one) == hash(other)


@given(timelines, levels)
def test_what_is_capped_is_nowhere_more_and_remembers_it(timeline, level):
    for _ in range(2):
        assert timeline.capped(level) == timeline.meet(Timeline.always(level))
        assert timeline.capped(level) is timeline.capped(level)
        assert timeline.capped(timeline.highest) is timeline
        assert along(timeline.capped(level)) == [
            min(each, level) for each in along(timeline)
        ]


@given(timelines)
def test_the_most_and_the_least_that_is_open_anywhere(timeline):
    everywhere = [timeline.at(m) for m in (*MOMENTS, 100)]

    assert timeline.highest is max(everywhere)
    assert timeline.lowest is min(everywhere)


@given(timelines, levels)
def test_below_gives_the_longest_spans_and_all_of_them(timeline, level):
    below = timeline.below(level)

    for moment in MOMENTS:
        held = any(inside(moment, span) for span in below)
        assert held is (timeline.at(moment) < level)
    assert all(one.end < two.start for one, two in pairwise(below))
    assert all(span.end is not None for span in below[:-1])


@given(timelines)
def test_its_spans_are_all_of_it_in_order(timeline):
    found = list(timeline.spans())

    assert [span.start for span, _ in found] == [start for start, _ in timeline.steps]
    assert found[-1][0].end is None
    assert all(one.end == two.start for (one, _), (two, _) in pairwise(found))
    assert [level for _, level in found] == [level for _, level in timeline.steps]


@pytest.mark.parametrize(
    ("start", "end"), [(-1, None), (-1, 5), (0, 0), (5, 5), (5, 4), (0, -1)]
)
def test_a_span_begins_at_0_or_later_and_ends_after_it_begins(start, end):
    message = "^a span ends after it begins, and begins at 0 or later$"
    with pytest.raises(ValueError, match=message):
        Span(start, end)


def test_the_shortest_span_is_a_millisecond():
    timeline = Timeline.limited([(Span(0, 1), Level.WORDS)])

    assert timeline == Timeline(((0, Level.WORDS), (1, Level.IMAGE)))
    assert timeline.below(Level.VOICE) == (Span(0, 1),)
    assert timeline.below(Level.WORDS) == ()
    assert Timeline.always(Level.WORDS).below(Level.VOICE) == (Span(0),)
