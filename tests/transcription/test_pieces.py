import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.pieces import phrases_of, pieces_of
from transcription.windows import Span, Window

RATE = 16_000


def window(samples, *speech):
    return Window(0.0, len(samples) / RATE, samples, tuple(speech))


def noise(seconds):
    made = np.random.default_rng(7).uniform(-0.5, 0.5, round(seconds * RATE))
    return made.astype(np.float32)


def test_a_breath_of_a_fifth_of_a_second_parts_phrases():
    speech = (Span(0.0, 1.0), Span(1.1, 2.0), Span(2.2, 3.0))

    assert phrases_of(window(noise(3), *speech)) == [Span(0.0, 2.0), Span(2.2, 3.0)]
    assert phrases_of(window(noise(3))) == []


def test_a_short_phrase_stays_whole():
    phrase = Span(0.5, 4.1)

    assert pieces_of(window(noise(5), phrase), phrase) == [phrase]


def test_a_long_phrase_is_cut_where_it_is_quietest():
    samples = noise(6)
    samples[round(2.7 * RATE) : round(2.8 * RATE)] = 0
    phrase = Span(0.0, 6.0)
    first, second = pieces_of(window(samples, phrase), phrase)

    assert first.end == second.start == pytest.approx(2.75, abs=0.03)
    assert (first.start, second.end) == (0.0, 6.0)


@given(st.floats(0.1, 25), st.floats(0, 2))
def test_pieces_follow_one_another_and_none_is_too_long(length, start):
    phrase = Span(start, start + length)
    pieces = pieces_of(window(noise(28), phrase), phrase)

    assert pieces[0].start == phrase.start
    assert pieces[-1].end == phrase.end
    for a, b in itertools.pairwise(pieces):
        assert a.end == b.start
    assert all(0 < each.end - each.start <= 3.6 + 1e-9 for each in pieces)
