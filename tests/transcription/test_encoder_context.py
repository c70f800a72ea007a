import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcription.encoder_context import LONGEST, SILENCE_AFTER, without_filling


@given(st.integers(0, LONGEST))
def test_the_sound_is_kept_and_little_silence_after_it(sound):
    features = np.zeros((80, LONGEST), dtype=np.float32)
    features[:, :sound] = -0.7
    shown = without_filling(features)

    assert shown.shape[0] == 80
    assert shown.shape[1] % 2 == 0
    assert sound <= shown.shape[1] <= min(LONGEST, sound + SILENCE_AFTER + 1)
    assert (shown == features[:, : shown.shape[1]]).all()
    assert not features[:, shown.shape[1] :].any()
