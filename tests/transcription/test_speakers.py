import io
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.conversations import diarization_error, samples_of, wav
from transcription import encoder_weights, voice_clusters
from transcription.errors import EngineError, Fault, MediaError
from transcription.samples import SAMPLE_RATE
from transcription.speakers import Turn, find_speakers, labelled
from transcription.transcript import Segment, Transcript
from transcription.voice_clusters import assign, cluster
from transcription.voice_encoder import WINDOW, VoiceEncoder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def encoder():
    return VoiceEncoder()


@pytest.fixture(scope="module")
def sounds(clip):
    """Kennedy, and one woman in Spanish and in both languages, equally loud."""

    def level(name):
        sound = samples_of(clip(name))
        return sound * (0.05 / np.sqrt(np.mean(sound**2)))

    return {name: level(name) for name in ("en", "es", "both")}


def talk(*pieces):
    """A recording of pieces with pauses, and who spoke when."""
    pause = np.zeros(SAMPLE_RATE // 2, dtype=np.float32)
    turns: list[Turn] = []
    sound = [pause]
    for speaker, piece in pieces:
        start = sum(map(len, sound)) / SAMPLE_RATE
        turns.append(Turn(start, start + len(piece) / SAMPLE_RATE, speaker))
        sound += [piece, pause]
    return io.BytesIO(wav(np.concatenate(sound))), turns


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, None])
def test_two_people_are_told_apart_through_two_languages(sounds, count):
    seconds = 5 * SAMPLE_RATE
    recording, truth = talk(
        ("woman", sounds["both"][:seconds]),
        ("Kennedy", sounds["en"][: 6 * SAMPLE_RATE]),
        ("woman", sounds["es"][:seconds]),
        ("Kennedy", sounds["en"][6 * SAMPLE_RATE :]),
        ("woman", sounds["both"][seconds : 3 * seconds]),
    )

    turns = find_speakers(recording, count)

    assert [turn.speaker for turn in turns][:2] == ["1", "2"]
    assert {turn.speaker for turn in turns} == {"1", "2"}
    assert all(turn.start < turn.end for turn in turns)
    assert all(a.end <= b.start for a, b in pairwise(turns))
    # Kennedy's pauses are long, and the truth counts them as speech.
    error, confused = diarization_error(truth, turns)
    assert confused < 0.05
    assert error < 0.25


@pytest.mark.slow
def test_one_person_in_two_languages_stays_one(clip):
    turns = find_speakers(io.BytesIO(clip("both")))

    assert {turn.speaker for turn in turns} == {"1"}


def test_where_nobody_speaks_there_are_no_turns(clip):
    assert find_speakers(io.BytesIO(clip("noise"))) == ()


@pytest.mark.parametrize("count", [0, -1, 21])
def test_impossible_numbers_of_speakers_are_refused(clip, count):
    with pytest.raises(ValueError, match="number of speakers"):
        find_speakers(io.BytesIO(clip("both")), count)


def test_what_is_no_recording_is_refused():
    with pytest.raises(MediaError):
        find_speakers(io.BytesIO(b"nobody said anything" * 100))


@pytest.mark.slow
def test_voices_are_nearer_to_themselves_than_to_others(encoder, sounds):
    def voice(sound):
        pieces = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
        mean = encoder.embed(pieces).mean(axis=0)
        return mean / np.linalg.norm(mean)

    woman, bilingual, kennedy = (voice(sounds[n]) for n in ("es", "both", "en"))

    assert woman @ bilingual > 0.75
    assert woman @ kennedy < 0.65
    assert bilingual @ kennedy < 0.65


def test_loudness_and_company_change_nothing(encoder, sounds):
    pieces = sounds["es"][: 4 * WINDOW].reshape(-1, WINDOW)

    together = encoder.embed(pieces)
    alone = encoder.embed(pieces[1:2])
    # Quiet speech is raised to one loudness.
    quiet, quieter = encoder.embed(np.stack([pieces[1] / 5, pieces[1] / 20]))

    assert together.shape == (4, 256)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert alone[0] @ together[1] == pytest.approx(1, abs=1e-5)
    assert quiet @ quieter == pytest.approx(1, abs=1e-5)


def test_weights_that_were_altered_are_refused(monkeypatch):
    monkeypatch.setattr(encoder_weights, "_SHA256", "0" * 64)

    with pytest.raises(EngineError) as caught:
        encoder_weights.load_encoder_weights()

    assert caught.value.code == Fault.WEIGHTS_ALTERED


def test_missing_weights_are_said_to_be_missing(monkeypatch):
    monkeypatch.setattr(encoder_weights, "_PACKAGE", "no-such-package-here")

    with pytest.raises(EngineError) as caught:
        encoder_weights.load_encoder_weights()

    assert caught.value.code == Fault.WEIGHTS_MISSING


def voices(sizes, noise=0.4, seed=1):
    """Made-up voices: directions with noise, in blocks of time."""
    random = np.random.default_rng(seed)
    centres = np.abs(random.normal(size=(len(sizes), 256)))
    whose = np.repeat(np.arange(len(sizes)), sizes)
    points = np.abs(centres[whose] + random.normal(size=(len(whose), 256)) * noise)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), whose


def test_who_speaks_little_is_not_swallowed_when_the_number_is_known():
    points, whose = voices([200, 12])

    found = cluster(points, np.ones(len(points), dtype=np.float32), 2)
    chosen, _ = assign(points, np.arange(len(points)), found)

    assert len(found) == 2
    assert len(set(chosen[whose == 0])) == len(set(chosen[whose == 1])) == 1
    assert chosen[0] != chosen[-1]


def test_a_noise_is_no_speaker():
    points, _ = voices([60, 2, 60])

    found = cluster(points, np.ones(len(points), dtype=np.float32), 2)
    chosen, _ = assign(points, np.arange(len(points)), found)

    assert chosen[0] != chosen[-1]


def test_long_recordings_are_sampled_and_still_told_apart(monkeypatch):
    monkeypatch.setattr(voice_clusters, "LARGEST", 100)
    points, whose = voices([300, 100], noise=0.2)

    found = cluster(points, np.ones(len(points), dtype=np.float32), None)
    chosen, _ = assign(points, np.arange(len(points)), found)

    assert len(found) == 2
    assert np.mean((chosen == chosen[0]) == (whose == 0)) > 0.99


def said(start, end, speaker=""):
    return Segment(start, end, "algo", "es", speaker=speaker)


def test_segments_are_said_by_whoever_speaks_most_of_them():
    turns = (Turn(0.0, 4.0, "1"), Turn(4.2, 9.0, "2"), Turn(9.0, 10.0, "1"))
    transcript = Transcript(
        (said(0.5, 3.0), said(3.5, 6.0), said(8.0, 9.8), said(12.0, 13.0)), 13.0
    )

    told = labelled(transcript, turns)

    assert [each.speaker for each in told.segments] == ["1", "2", "2", ""]
    assert Transcript.from_json(told.to_json()) == told


def test_overlapping_segments_each_find_their_turns():
    turns = (Turn(0.0, 1.0, "1"), Turn(1.0, 9.0, "2"))

    told = labelled(Transcript((said(0.0, 9.0), said(0.0, 1.0)), 9.0), turns)

    assert [each.speaker for each in told.segments] == ["2", "1"]
