"""Music alone, and languages that are not the archive's."""

import io
import wave
from contextlib import closing

import numpy as np
import pytest

from tests.sounds import NoWindows
from tests.transcription.band import RATE, band, singer
from transcription.audio import stream_samples
from transcription.engine import load_engine
from transcription.languages import is_foreign
from transcription.passages import excerpt
from transcription.pipeline import transcribe
from transcription.voice import VoiceActivity
from transcription.windows import Span, cut_windows

pytestmark = pytest.mark.slow

LANGUAGES = ("es", "en")


@pytest.fixture(scope="module")
def engine(cache):
    return load_engine("faster-whisper", cache=cache, threads=2)


def as_file(sound):
    sink = io.BytesIO()
    with wave.open(sink, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
    return sink.getvalue()


@pytest.mark.parametrize(
    ("music", "seconds"),
    [
        (lambda _: as_file(band(8)), 8),
        (lambda _: as_file(singer(8)), 8),
        (lambda _: as_file(band(8) / 2 + singer(8)), 8),
        (lambda clip: clip("music"), 16),
    ],
    ids=["a band", "a voice without words", "both", "a record"],
)
def test_of_music_alone_no_sentence_is_written_as_if_it_were_sure(
    engine, clip, music, seconds
):
    transcript = transcribe(
        io.BytesIO(music(clip)),
        engine,
        LANGUAGES,
        NoWindows(),
        lambda _done, _all: None,
        "2026-01-31",
    )

    assert transcript.duration == pytest.approx(seconds, abs=0.1)
    assert [each for each in transcript.segments if not each.suspect] == []


@pytest.mark.parametrize(
    ("name", "foreign"), [("fr", True), ("es", False), ("en", False), ("both", False)]
)
def test_speech_in_another_language_than_the_archive_s_is_told(
    engine, clip, name, foreign
):
    told = []
    with closing(stream_samples(io.BytesIO(clip(name)))) as blocks:
        for window in cut_windows(blocks, VoiceActivity()):
            spoken = Span(window.speech[0].start, window.speech[-1].end)
            chances = engine.detect(excerpt(window, spoken))
            told.append(is_foreign(chances, LANGUAGES, spoken.end - spoken.start))

    assert told
    assert set(told) == {foreign}


def test_nothing_said_in_another_language_is_believed(engine, clip):
    transcript = transcribe(
        io.BytesIO(clip("fr")),
        engine,
        LANGUAGES,
        NoWindows(),
        lambda _done, _all: None,
        "2026-01-31",
    )

    assert {(each.language, each.suspect) for each in transcript.segments} == {
        ("und", True)
    }


def test_the_archive_that_takes_the_language_does_not_find_it_foreign(engine, clip):
    blocks = list(stream_samples(io.BytesIO(clip("fr"))))
    chances = engine.detect(np.concatenate([each.samples for each in blocks[:5]]))

    assert is_foreign(chances, ("es", "en"), 5.0)
    assert not is_foreign(chances, ("es", "fr"), 5.0)
