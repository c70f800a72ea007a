import io
from itertools import pairwise

import av
import numpy as np
import pytest

from benchmarks.word_errors import alike, word_error_rate
from transcription.audio import stream_samples
from transcription.engine import load_engine
from transcription.errors import Fault, MediaError
from transcription.pipeline import WindowResult, transcribe

pytestmark = [
    pytest.mark.slow,
    # openai-whisper leaves its vocabulary's file to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

LANGUAGES = ("es", "en")


class Kept:
    """Checkpoints as lines of JSON; may be told to fail like a pulled plug."""

    def __init__(self, fail_at=None):
        self.lines = []
        self.fail_at = fail_at

    def load(self):
        return [WindowResult.from_json(line) for line in self.lines]

    def save(self, result):
        if len(self.lines) == self.fail_at:
            raise KeyboardInterrupt
        self.lines.append(result.to_json())


@pytest.fixture(scope="module", params=["faster-whisper", "openai-whisper"])
def engine(request, cache):
    return load_engine(request.param, cache=cache, threads=2)


@pytest.fixture(scope="module")
def fast_engine(cache):
    return load_engine("faster-whisper", cache=cache, threads=2)


def written_down(data, engine, checkpoints=None, progress=None):
    return transcribe(
        io.BytesIO(data),
        engine,
        LANGUAGES,
        checkpoints or Kept(),
        progress or (lambda _done, _all: None),
        "2026-01-31",
    )


def text_of(transcript):
    return " ".join(segment.text for segment in transcript.segments)


@pytest.mark.parametrize(("name", "worst"), [("es", 0.12), ("en", 0.05)])
def test_both_engines_write_down_what_is_said(engine, clip, said, name, worst):
    transcript = written_down(clip(name), engine)

    assert word_error_rate(said(name), text_of(transcript)) <= worst
    assert transcript.languages() == (name,)
    assert not any(s.suspect or s.mixed for s in transcript.segments)
    assert transcript.made_by.model_sha256.startswith("d01c3014")
    assert transcript.made_by.engine.startswith(("faster-whisper", "openai-whisper"))


def test_every_word_has_its_time_in_order(engine, clip, said):
    transcript = written_down(clip("en"), engine)

    words = [word for segment in transcript.segments for word in segment.words]
    assert alike(" ".join(w.text for w in words)) == alike(text_of(transcript))
    for word in words:
        assert 0 <= word.start <= word.end <= transcript.duration + 0.5
        assert 0 <= word.probability <= 1
    assert all(one.start <= other.start for one, other in pairwise(words))
    # "country" ends the sentence, eleven seconds in.
    assert words[-1].end == pytest.approx(11.0, abs=0.8)


def test_two_languages_are_kept_as_spoken(fast_engine, clip, said):
    transcript = written_down(clip("both"), fast_engine)

    written = alike(text_of(transcript))
    assert word_error_rate(said("both"), text_of(transcript)) <= 0.25
    assert set(transcript.languages()) == {"es", "en"}
    for phrase in ("your message has been saved", "por favor marque el numero"):
        assert phrase in written


def test_where_nobody_speaks_nothing_is_written(fast_engine, clip, recording):
    assert written_down(clip("noise"), fast_engine).segments == ()
    assert written_down(recording("flac", "flac"), fast_engine).segments == ()


def test_work_cut_off_goes_on_and_ends_the_same(fast_engine, clip):
    data = joined(clip)
    whole, kept = Kept(), Kept(fail_at=2)
    expected = written_down(data, fast_engine, whole)

    with pytest.raises(KeyboardInterrupt):
        written_down(data, fast_engine, kept)
    kept.fail_at = None
    progress = []
    resumed = written_down(
        data, fast_engine, kept, lambda done, total: progress.append((done, total))
    )

    assert len(whole.lines) > 3
    assert kept.lines == whole.lines
    assert resumed == expected
    assert progress[0][0] == WindowResult.from_json(whole.lines[1]).end
    assert progress == sorted(progress)
    assert progress[-1] == pytest.approx((resumed.duration,) * 2, abs=0.1)


def test_work_that_was_done_is_not_done_again(fast_engine, clip):
    kept = Kept()
    first = written_down(clip("en"), fast_engine, kept)
    lines = list(kept.lines)

    again = written_down(clip("en"), fast_engine, kept)

    assert again == first
    assert kept.lines == lines


def test_what_cannot_be_heard_says_so(fast_engine):
    with pytest.raises(MediaError) as caught:
        written_down(b"Esto es un texto.", fast_engine)

    assert caught.value.code == Fault.NOT_MEDIA


def joined(clip):
    """The clips in one recording, with silence between."""
    silence = np.zeros(16_000 * 4, dtype=np.float32)
    parts = []
    for name in ("es", "en", "noise"):
        parts += [b.samples for b in stream_samples(io.BytesIO(clip(name)))]
        parts.append(silence)
    samples = (np.concatenate(parts) * 32_767).astype(np.int16)
    sink = io.BytesIO()
    with av.open(sink, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=48_000)
        stream.layout = "mono"
        resampler = av.AudioResampler(stream.format.name, "mono", 48_000, 960)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = 16_000
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return sink.getvalue()
