import io

import av
import pytest

from transcription.errors import Fault, MediaError
from transcription.rendition import render_audio

pytestmark = pytest.mark.slow


class Forwards(io.RawIOBase):
    """A sink like a sealing one: it can be written to and nothing else."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.data += piece
        return len(piece)


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("webm", "libopus", 48_000), ("wav", "pcm_s16le", 8000), ("mp4", "aac", 44_100)],
)
def test_the_rendition_is_as_long_as_the_recording(recording, container, codec, rate):
    sink = Forwards()

    seconds = render_audio(
        io.BytesIO(recording(container, codec, seconds=7.0, rate=rate)), sink
    )

    assert seconds == pytest.approx(7.0, abs=0.1)
    with av.open(io.BytesIO(bytes(sink.data))) as made:
        stream = made.streams.audio[0]
        assert made.format.name == "mp3"
        assert stream.codec_context.name in {"mp3", "mp3float"}
        assert (stream.rate, stream.channels) == (44_100, 1)
        assert made.duration / 1_000_000 == pytest.approx(seconds, abs=0.1)
        heard = sum(frame.samples for frame in made.decode(audio=0)) / 44_100
    assert heard == pytest.approx(seconds, abs=0.1)
    # A constant rate: the place of every second follows from the size.
    assert len(sink.data) * 8 / 96_000 == pytest.approx(seconds, abs=0.1)


def test_nothing_the_recorder_wrote_down_goes_over(recording):
    told = {"title": "Doña Refugio", "artist": "Refugio", "date": "1954-03-02"}
    sink = Forwards()

    render_audio(io.BytesIO(recording("mp3", "libmp3lame", metadata=told)), sink)

    assert b"Refugio" in recording("mp3", "libmp3lame", metadata=told)
    assert b"Refugio" not in sink.data
    assert b"ID3" not in sink.data
    assert b"TAG" not in sink.data[-128:]
    assert sink.data[0] == 0xFF
    with av.open(io.BytesIO(bytes(sink.data))) as made:
        assert made.metadata == {}


def test_a_recording_that_cannot_be_heard_leaves_nothing(no_sound_at_all):
    sink = Forwards()

    with pytest.raises(MediaError) as caught:
        render_audio(io.BytesIO(no_sound_at_all), sink)

    assert caught.value.code == Fault.TOO_SHORT
    assert not sink.data


def test_an_error_of_the_sink_passes_through(recording):
    class Full(Forwards):
        def write(self, piece):
            raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space left"):
        render_audio(io.BytesIO(recording("wav", seconds=60.0)), Full())
