import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.cut_samples import FADE_MS, cut_samples, silence_again
from transcription.cutting import CopyClock, Cut, kept_between, normalised

LONGEST = 120

moments = st.integers(0, LONGEST)


@st.composite
def some_cuts(draw):
    first, second = sorted((draw(moments), draw(moments)))
    end = draw(st.sampled_from([second, second, second, None]))
    return Cut(first, end, draw(st.booleans()))


many_cuts = st.lists(some_cuts(), max_size=8)


def what_is_cut(cuts):
    """Each millisecond as "kept", "silent" or "removed", said as plainly as can be."""
    said = []
    for moment in range(LONGEST + 10):
        here = [c for c in cuts if c.start_ms <= moment < c.until]
        if any(c.removed for c in here):
            said.append("removed")
        else:
            said.append("silent" if here else "kept")
    return said


@given(many_cuts)
def test_in_order_they_cut_what_they_cut_and_do_not_touch_their_like(cuts):
    made = normalised(cuts)

    assert what_is_cut(made) == what_is_cut(cuts)
    for one, other in pairwise(made):
        assert one.until <= other.start_ms
        assert one.until < other.start_ms or one.removed is not other.removed
    assert all(each.start_ms < each.until for each in made)
    assert normalised(made) == made
    assert normalised(reversed(cuts)) == made


@given(many_cuts, st.integers(1, LONGEST))
def test_what_is_beyond_the_end_is_no_cut_and_what_reaches_it_has_no_end(cuts, length):
    made = normalised(cuts, length)

    assert what_is_cut(made)[:length] == what_is_cut(cuts)[:length]
    assert all(each.start_ms < length for each in made)
    assert all(each.end_ms is None or each.end_ms < length for each in made)


def test_no_length_hides_nothing_and_nonsense_is_refused():
    assert normalised([Cut(5, 5), Cut(0, 0, removed=True)]) == ()
    for start, end in ((-1, 4), (5, 4)):
        with pytest.raises(ValueError, match="a cut ends after it starts"):
            Cut(start, end)


def test_where_both_are_asked_for_the_time_goes_too():
    assert normalised([Cut(0, 10), Cut(5, 15, removed=True)]) == (
        Cut(0, 5),
        Cut(5, 15, removed=True),
    )
    assert normalised([Cut(0, None), Cut(5, 15, removed=True)]) == (
        Cut(0, 5),
        Cut(5, 15, removed=True),
        Cut(15, None),
    )


@given(many_cuts, moments, moments)
def test_the_clocks_agree(cuts, one, other):
    made = normalised(cuts)
    clock = CopyClock(made)
    there = what_is_cut(made)

    heard = clock.to_copy(one)
    assert heard == sum(said != "removed" for said in there[:one])
    if there[one] != "removed":
        assert clock.to_original(heard) == one
    if one <= other:
        assert heard <= clock.to_copy(other)
        assert clock.to_original(one) <= clock.to_original(other)
    if not any(cut.removed and cut.end_ms is None for cut in made):
        assert clock.to_copy(clock.to_original(one)) == one


@given(many_cuts)
def test_between_them_lies_what_is_kept(cuts):
    made = normalised(cuts)
    kept = kept_between(made)

    there = what_is_cut(made)
    assert [said == "kept" for said in there] == [
        any(start <= moment < end for start, end in kept)
        for moment in range(len(there))
    ]
    if not made:
        assert kept == [(0, math.inf)]


@pytest.mark.parametrize("kind", [np.int16, np.float32])
@given(cuts=many_cuts, size=st.integers(1, 50))
def test_inside_a_hole_every_sample_is_zero_or_gone_however_it_arrives(
    kind, cuts, size
):
    rate = 44_100
    length = LONGEST * rate // 1000
    sound = np.full(length, 1000, dtype=kind)
    pieces = [sound[at : at + size * 100] for at in range(0, length, size * 100)]

    made = list(cut_samples(pieces, cuts, rate))
    whole = list(cut_samples([sound], cuts, rate))

    heard = np.concatenate([sound[:0], *made])
    assert heard.dtype == kind
    assert all(len(each) for each in made)
    assert heard.tolist() == np.concatenate([sound[:0], *whole]).tolist()
    there = what_is_cut(cuts)[:LONGEST]
    exact = sum(said != "removed" for said in there) * rate / 1000
    assert abs(len(heard) - exact) <= 2 * len(cuts) + 1
    clock = CopyClock(normalised(cuts))
    for moment, said in enumerate(there):
        begin = round(clock.to_copy(moment) * rate / 1000)
        inner = heard[begin + 9 : begin + rate // 1000 - 9]
        if said == "silent":
            assert not inner.any()


def test_what_is_far_from_a_hole_stays_and_no_edge_clicks():
    rate = 16_000
    sound = np.full(rate, 0.5, dtype=np.float32)

    silent = np.concatenate(list(cut_samples([sound], [Cut(300, 500)], rate)))
    removed = np.concatenate(
        list(cut_samples([sound], [Cut(300, 500, removed=True)], rate))
    )

    fade = FADE_MS * rate // 1000
    assert len(silent) == rate
    assert not silent[300 * 16 : 500 * 16].any()
    assert (silent[: 300 * 16 - fade] == 0.5).all()
    assert (silent[500 * 16 + fade :] == 0.5).all()
    assert len(removed) == rate - 200 * 16
    for each in (silent, removed):
        assert np.abs(np.diff(each)).max() < 0.01


@pytest.mark.parametrize(
    ("cuts", "kept"),
    [
        ([Cut(0, 400, removed=True)], 600),
        ([Cut(400, None, removed=True)], 400),
        ([Cut(400, 99_000, removed=True)], 400),
        ([Cut(2000, 3000, removed=True)], 1000),
        ([Cut(0, None, removed=True)], 0),
        ([Cut(0, None)], 1000),
        ([], 1000),
    ],
)
def test_at_the_beginning_at_the_end_and_all_of_it(cuts, kept):
    sound = np.ones(16_000, dtype=np.float32)

    made = list(cut_samples([sound[:7000], sound[7000:]], cuts, 16_000))

    assert sum(len(each) for each in made) == kept * 16


def test_what_smears_into_a_hole_is_silenced_again():
    rate = 16_000
    cuts = [Cut(100, 200, removed=True), Cut(300, 400), Cut(400, 500, removed=True)]
    sound = np.full(rate - 200 * 16, 0.5, dtype=np.float32)

    made = np.concatenate(list(silence_again([sound], cuts, rate)))

    assert len(made) == len(sound)
    # The first removal moved the hole by its 100 ms.
    assert not made[200 * 16 : 300 * 16].any()
    assert made[150 * 16] == 0.5
    # Where time is gone both sides fade as well.
    assert made[100 * 16] < 0.01
