"""Many channels: of loudspeakers, and of the tracks of a field recorder."""

import io

import numpy as np
import pytest

from tests.transcription.test_hostile_media import hear, wav
from transcription.rendition import render_audio

pytestmark = pytest.mark.slow


def test_eight_channels_become_one():
    tone = np.repeat(np.sin(np.arange(48_000) / 20) * 9000, 8).astype("<i2")

    heard = hear(wav(tone.tobytes(), channels=8, rate=48_000))

    assert len(heard) / 16_000 == pytest.approx(1.0, abs=0.01)
    # Eight equal voices add up; they are not cut off.
    assert 0.1 < np.abs(heard).max() < 2.0


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("channels", [9, 32])
def test_one_voice_among_the_tracks_of_a_field_recorder_is_heard(channels, bits):
    # FFmpeg has no loudspeakers for 9 or 32 channels, and gives up.
    kind, middle = {8: ("u1", 128), 16: ("<i2", 0), 32: ("<i4", 0)}[bits]
    tracks = np.full((16_000, channels), middle, kind)
    wave = np.sin(np.arange(16_000) * 440 * 2 * np.pi / 16_000)
    tracks[:, channels - 2] += (wave * 0.9 * 2 ** (bits - 1)).astype(kind)
    data = wav(tracks.tobytes(), channels=channels, bits=bits)

    heard = hear(data)

    assert np.abs(heard).max() == pytest.approx(0.9 / channels**0.5, rel=0.05)
    assert np.argmax(np.abs(np.fft.rfft(heard))) == pytest.approx(440, abs=1)
    assert render_audio(io.BytesIO(data), io.BytesIO()) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("container", "codec"), [("ogg", "libopus"), ("mp4", "aac"), ("wav", "pcm_s16le")]
)
def test_sixteen_loudspeakers_are_heard(recording, container, codec):
    options = {"mapping_family": "255"} if codec == "libopus" else {}
    heard = hear(
        recording(container, codec, layout="hexadecagonal", codec_options=options)
    )

    assert len(heard) / 16_000 == pytest.approx(3.0, abs=0.15)
    assert np.abs(heard).max() > 0.05


def test_many_tracks_are_taken_up_again_midway_to_the_sample():
    noise = np.random.default_rng(5).integers(-9000, 9000, (75 * 8000, 9), dtype="<i2")
    data = wav(noise.tobytes(), channels=9, rate=8000)

    assert np.array_equal(hear(data, 70.0), hear(data)[70 * 16_000 :])
