from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.cutting import Cut, normalised
from transcription.guard_band import (
    BLIND_MS,
    GUARD_MS,
    LEAST_KEPT_MS,
    Edge,
    Spoken,
    edges_of,
    spoken_words,
    widened,
    wider_at,
    withheld_from,
)
from transcription.transcript import Segment, Word


def spoken(*spans):
    return [Spoken(start, end, "palabra", "es") for start, end in spans]


WORDS = spoken((1000, 1400), (1400, 1800), (1800, 2200), (3000, 3500), (3900, 4300))


@pytest.mark.parametrize(
    ("cut", "wider"),
    [
        # In running speech a word goes on each side; in a pause the band alone.
        (Cut(1400, 1800), Cut(1000, 2200)),
        (Cut(1800, 2200), Cut(1400, 2450)),
        (Cut(3000, 3500), Cut(2750, 3750)),
        # A word that is touched goes whole.
        (Cut(3200, 3300), Cut(2750, 3750)),
        (Cut(1500, 1501), Cut(1000, 2200)),
        # Where the band ends in a pause it stays there, and in a word at its end.
        (Cut(3700, 3800), Cut(3000, 4300)),
        # At the beginning and at the end there is nothing to widen into.
        (Cut(0, 500), Cut(0, 750)),
        (Cut(100, 500), Cut(0, 750)),
        (Cut(4300, None), Cut(3900, None)),
        (Cut(0, None), Cut(0, None)),
    ],
)
@pytest.mark.parametrize("removed", [False, True])
def test_a_cut_takes_what_it_touches_and_a_band_beyond(cut, wider, removed):
    made = widened([Cut(cut.start_ms, cut.end_ms, removed)], WORDS)

    assert made == (Cut(wider.start_ms, wider.end_ms, removed),)


def test_where_words_are_not_known_the_band_is_wider():
    assert widened([Cut(2000, 3000)], []) == (Cut(2000 - BLIND_MS, 3000 + BLIND_MS),)


def test_of_short_words_one_goes_and_the_pause_beyond_it():
    short = spoken((1000, 1060), (1080, 1140), (1150, 1200))

    assert widened([Cut(1200, 1300)], short) == (Cut(1140, 1550),)


def test_cuts_that_touch_have_no_band_between_them_and_slivers_are_closed():
    cuts = [Cut(1000, 2000), Cut(2000, 3000, removed=True), Cut(3700, 4000)]

    assert widened(cuts, spoken((9000, 9001))) == (
        Cut(750, 2000),
        Cut(2000, 3250, removed=True),
        Cut(3250, 4250),
    )


def test_no_length_stays_nothing():
    assert widened([Cut(1500, 1500)], WORDS) == ()


def test_one_edge_alone_can_be_widened_again():
    cuts = (Cut(3000, 3500),)

    assert wider_at(cuts, WORDS, {Edge(3500, opens=False)}) == (Cut(3000, 3750),)
    assert wider_at(cuts, WORDS, {Edge(3000, opens=True)}) == (Cut(2750, 3500),)
    assert wider_at(cuts, WORDS, set()) == cuts


def test_edges_are_where_something_kept_begins_or_ends():
    cuts = (Cut(0, 10), Cut(20, 30), Cut(30, 40, removed=True), Cut(50, None))

    assert edges_of(cuts) == [
        Edge(10, opens=False),
        Edge(20, opens=True),
        Edge(40, opens=False),
        Edge(50, opens=True),
    ]


@st.composite
def running_speech(draw):
    lengths = draw(st.lists(st.integers(30, 900), min_size=1, max_size=12))
    pauses = draw(st.lists(st.integers(0, 900), min_size=12, max_size=12))
    at, found = 0, []
    for length, pause in zip(lengths, pauses, strict=False):
        found.append((at + pause, at + pause + length))
        at += pause + length
    return spoken(*found)


@given(running_speech(), st.data())
def test_no_word_is_left_in_part_and_one_more_goes_at_most(words, data):
    last = words[-1].end_ms + 500
    start, end = sorted(data.draw(st.integers(0, last)) for _ in range(2))
    cut = Cut(start, end, data.draw(st.booleans()))

    made = widened([cut], words)

    if start == end:
        assert made == ()
        return
    (wide,) = made
    assert wide.start_ms <= start
    assert end <= wide.end_ms
    for word in words:
        for edge in (wide.start_ms, wide.end_ms):
            assert not word.start_ms < edge < word.end_ms
    touched = withheld_from(words, [cut])
    more = withheld_from(words, made) - touched
    assert sum(word.end_ms <= start for word in more) <= 1
    assert sum(word.start_ms >= end for word in more) <= 1
    # Nothing else stands in the band's way.
    first = min([start, *(word.start_ms for word in touched)])
    if not any(word.end_ms <= start for word in more):
        assert first - wide.start_ms == min(first, GUARD_MS) or wide.start_ms == 0
    # A second time only the band is added: still no word in part.
    again = wider_at(made, words, set(edges_of(made)))
    assert all(a.start_ms <= b.start_ms for a, b in zip(again, made, strict=True))


cuts_anywhere = st.lists(
    st.tuples(st.integers(0, 9000), st.integers(0, 3000), st.booleans()), max_size=6
)


@given(running_speech(), cuts_anywhere)
def test_whatever_is_cut_stays_cut_and_what_is_kept_between_is_worth_keeping(
    words, drawn
):
    cuts = [Cut(start, start + length, gone) for start, length, gone in drawn]

    made = widened(cuts, words)

    assert normalised(made) == made
    assert normalised([*made, *cuts]) == normalised(made) or any(
        cut.removed for cut in cuts
    )
    for cut in normalised(cuts):
        assert any(wide.start_ms <= cut.start_ms < wide.until for wide in made)
        assert any(wide.start_ms < cut.until <= wide.until for wide in made)
    for one, other in pairwise(made):
        gap = other.start_ms - one.until
        assert gap == 0 or gap >= LEAST_KEPT_MS


def test_words_of_a_sentence_without_times_share_its_time():
    segments = [
        Segment(5.0, 6.0, "Yo soy", "es"),
        Segment(1.0, 2.0, "Hi", "en", (Word(1.2, 1.7, "Hi", 0.9, "en"),)),
        Segment(7.0, 8.0, "", "es"),
    ]

    assert spoken_words(segments) == [
        Spoken(1200, 1700, "Hi", "en"),
        Spoken(5000, 5429, "Yo", "es"),
        Spoken(5429, 6000, "soy", "es"),
    ]


def test_a_word_is_withheld_where_any_of_it_is_cut():
    words = spoken((0, 10), (10, 20), (20, 20), (20, 30))

    assert withheld_from(words, [Cut(10, 21)]) == frozenset(words[1:])
    assert withheld_from(words, [Cut(10, 20)]) == frozenset(words[1:2])
    assert withheld_from(words, [Cut(19, 19)]) == frozenset()
