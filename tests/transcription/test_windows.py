import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.audio import AudioBlock, stream_samples
from transcription.voice import FRAME, VoiceActivity
from transcription.windows import LONGEST_WINDOW, cut_windows, find_cut, speech_runs


class Loudness:
    """An ear that takes loud for speech: as `VoiceActivity`, simple to foresee."""

    def forget(self):
        pass

    def listen(self, samples):
        return [float(np.abs(frame).max()) for frame in samples.reshape(-1, FRAME)]


# Stretches of (loud?, seconds), as speech and pauses come.
stretches = st.lists(
    st.tuples(st.booleans(), st.floats(0.05, 40.0)), min_size=1, max_size=8
)


def sound(pieces):
    parts = [np.full(round(seconds * 16_000), float(loud)) for loud, seconds in pieces]
    return np.concatenate(parts).astype(np.float32)


def blocks(samples, size, first=0):
    for at in range(first, len(samples), size):
        yield AudioBlock(at / 16_000, samples[at : at + size])


@given(stretches, st.integers(300, 40_000))
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_windows_touch_and_cover_everything(pieces, size):
    samples = sound(pieces)

    windows = list(cut_windows(blocks(samples, size), Loudness()))

    at = 0.0
    for window in windows:
        assert window.start == at
        assert window.end - window.start <= LONGEST_WINDOW + 1e-6
        assert len(window.samples) == round((window.end - window.start) * 16_000)
        at = window.end
    assert at == len(samples) / 16_000


@given(stretches, st.integers(300, 40_000), st.integers(300, 40_000), st.data())
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_work_taken_up_again_makes_the_same_cuts(pieces, size, other, data):
    samples = sound(pieces)
    windows = list(cut_windows(blocks(samples, size), Loudness()))
    done = data.draw(st.integers(0, len(windows) - 1))

    first = round(windows[done].end * 16_000)
    again = list(cut_windows(blocks(samples, other, first), Loudness()))

    expected = [(w.start, w.end, w.speech) for w in windows[done + 1 :]]
    assert [(w.start, w.end, w.speech) for w in again] == expected


@given(stretches)
@settings(max_examples=40, deadline=None)
def test_speech_is_cut_only_where_nobody_pauses(pieces):
    samples = sound(pieces)

    for window in list(cut_windows(blocks(samples, 16_000), Loudness()))[:-1]:
        spoken = sum(span.end - span.start for span in window.speech)
        if window.samples[-1] > 0 and spoken < LONGEST_WINDOW * 0.6:
            # It ends in speech, so no pause was left to cut at.
            quiet = window.samples[len(window.samples) // 3 :] == 0
            assert quiet.sum() < 3 * FRAME + 2 * FRAME


def test_the_longest_pause_is_the_one_cut_at():
    samples = sound([(True, 12), (False, 0.3), (True, 6), (False, 0.9), (True, 20)])

    first = next(iter(cut_windows(blocks(samples, 16_000), Loudness())))

    assert 18.3 < first.end < 19.2


def test_a_long_silence_is_a_window_of_its_own():
    samples = sound([(True, 5), (False, 20), (True, 5)])

    windows = list(cut_windows(blocks(samples, 16_000), Loudness()))

    assert [len(window.speech) for window in windows] == [1, 0, 1]
    assert windows[0].end < 6
    assert 24 < windows[2].start < 25


def test_speech_starts_at_a_high_chance_and_ends_at_a_low():
    assert speech_runs([0.4, 0.6, 0.4, 0.3, 0.4, 0.5]) == [(1, 3), (5, 6)]


@pytest.mark.parametrize("chances", [[], [0.0] * 50, [1.0] * 50])
def test_while_more_sound_may_come_nothing_is_cut(chances):
    assert find_cut(chances) is None


def test_the_voice_model_hears_the_same_in_helpings_of_any_size(clip):
    samples = speech(clip("es"))
    ear, other = VoiceActivity(), VoiceActivity()

    whole = ear.listen(samples)
    parts = [
        chance
        for at in range(0, len(samples), 7 * FRAME)
        for chance in other.listen(samples[at : at + 7 * FRAME])
    ]

    assert parts == pytest.approx(whole, abs=1e-4)
    assert sum(chance > 0.5 for chance in whole) / len(whole) > 0.7


def test_the_voice_model_hears_nobody_in_noise(clip):
    chances = VoiceActivity().listen(speech(clip("noise")))

    assert sum(chance > 0.5 for chance in chances) / len(chances) < 0.02


def speech(data):
    heard = [block.samples for block in stream_samples(io.BytesIO(data))]
    samples = np.concatenate(heard)
    return samples[: len(samples) // FRAME * FRAME]
