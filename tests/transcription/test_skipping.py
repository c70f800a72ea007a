"""A later start gives the very same samples, with most of what lies before undecoded."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest

from transcription.decoding import decode
from transcription.pcm import Decoder
from transcription.skipping import IrregularError, Skipper

pytestmark = pytest.mark.slow

SECONDS = 100
STARTS = (80.0, 90.12345, 99.0)

COUNTED = [
    ("wav", "pcm_s16le", 44_100, 2),
    ("flac", "flac", 44_100, 2),
    ("flac", "flac", 48_000, 1),
    ("mp3", "libmp3lame", 44_100, 2),
    ("mp3", "libmp3lame", 16_000, 1),
    ("ogg", "libopus", 48_000, 1),
    ("ogg", "vorbis", 44_100, 2),
    ("webm", "libopus", 48_000, 2),
    ("matroska", "flac", 48_000, 1),
    ("ipod", "alac", 44_100, 2),
    ("aiff", "pcm_s16be", 44_100, 2),
    ("caf", "pcm_s24le", 48_000, 1),
    ("mov", "pcm_s16le", 48_000, 2),
]
DECODED = [
    ("ipod", "aac", 44_100, 1),
    ("adts", "aac", 44_100, 1),
    ("amr", "libopencore_amrnb", 8000, 1),
]


@pytest.fixture
def leaps(monkeypatch):
    """The places that were really leapt to."""
    places = []
    leap = Skipper.leap

    def watched(self, rate):
        frame = leap(self, rate)
        places.append(self.count)
        return frame

    monkeypatch.setattr(Skipper, "leap", watched)
    return places


@pytest.mark.parametrize(("container", "codec", "rate", "channels"), COUNTED)
def test_counted_packets_lead_to_the_same_samples(
    leaps, container, codec, rate, channels
):
    data = speechlike(container, codec, rate, channels)

    later(data)

    assert len(leaps) == len(STARTS)
    assert all(place > 65 * rate for place in leaps)


@pytest.mark.parametrize(("container", "codec", "rate", "channels"), DECODED)
def test_what_cannot_be_counted_is_decoded(leaps, container, codec, rate, channels):
    later(speechlike(container, codec, rate, channels))

    assert leaps == []


@pytest.mark.parametrize("pauses", [((30.0, 2.0),), ((30.0, 0.07),)])
def test_where_the_clock_jumps_nothing_is_skipped(leaps, recording, pauses):
    later(recording("webm", "libopus", seconds=SECONDS, pauses=pauses))

    assert leaps == []


def test_a_recording_that_ends_before_the_start_gives_nothing(recording):
    data = recording("ogg", "libopus", seconds=70.0)

    assert list(decode(io.BytesIO(data), 75.0)) == []


def test_most_of_what_lies_before_is_not_decoded():
    data = speechlike("flac", "flac", 16_000, 1)
    broken = bytearray(data)
    broken[len(data) // 4 : len(data) // 2] = bytes(len(data) // 4)

    with pytest.raises(IrregularError):
        list(
            Decoder(io.BytesIO(broken), "flt", 16_000, 90.0)._all_pieces(skipping=True)
        )
    pieces = Decoder(io.BytesIO(data), "flt", 16_000, 90.0).pieces()

    assert sum(map(len, pieces)) < 16_000 * (100 - 70)


def later(data):
    """Every later start gives what decoding from the beginning gives there."""
    whole = np.concatenate([block.samples for block in decode(io.BytesIO(data))])
    for start in STARTS:
        first = round(start * 16_000)
        blocks = list(decode(io.BytesIO(data), start))
        assert blocks[0].start == first / 16_000
        heard = np.concatenate([block.samples for block in blocks])
        assert np.array_equal(heard, whole[first:])


def speechlike(container, codec, rate, channels):
    """Noise and gliding tones in syllables: a lone tone would forgive a decoder all."""
    rng = np.random.default_rng(1)
    times = np.arange(SECONDS * rate) / rate
    loud = (np.sin(times * 4.4) > -0.3) * (0.5 + 0.5 * np.sin(times * 19.5))
    tones = np.sin(times * 1300 + 300 * np.sin(times * 0.3)) * 0.3
    voices = [rng.normal(size=len(times)) * 0.1 + tones for _ in range(channels)]
    sound = (np.array(voices) * loud * 20_000).astype(np.int16)
    layout = "mono" if channels == 1 else "stereo"
    sink = io.BytesIO()
    with av.open(sink, "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, options={"strict": "-2"})
        stream.layout = layout
        resampler = av.AudioResampler(stream.format.name, layout, rate)
        for start in range(0, sound.shape[1], 4096):
            piece = sound[:, start : start + 4096].T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece), format="s16", layout=layout
            )
            frame.sample_rate, frame.pts = rate, start
            frame.time_base = Fraction(1, rate)
            for made in resampler.resample(frame):
                target.mux(stream.encode(made))
        target.mux(stream.encode(None))
    return sink.getvalue()
