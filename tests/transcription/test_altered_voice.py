import io

import av
import numpy as np
import parselmouth
import pytest

from benchmarks.conversations import samples_of
from benchmarks.word_errors import word_error_rate
from tests.sounds import NoWindows
from transcription.altered_voice import alter, disguise, render_altered
from transcription.errors import Fault, MediaError
from transcription.quiet_cuts import OVERLAP, join_blocks, quiet_blocks
from transcription.samples import SAMPLE_RATE
from transcription.voice_encoder import WINDOW, VoiceEncoder

pytestmark = pytest.mark.slow

SECRETS = tuple(bytes([n]) * 32 for n in range(6))


def altered(recording, secret=SECRETS[0]):
    sink = io.BytesIO()
    render_altered(io.BytesIO(recording), sink, secret)
    return sink.getvalue()


def pieces(sound, size):
    return [sound[at : at + size] for at in range(0, len(sound), size)]


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("webm", "libopus", 48_000), ("wav", "pcm_s16le", 8000), ("mp4", "aac", 44_100)],
)
def test_it_is_like_the_plain_rendition_and_tells_nothing(
    recording, container, codec, rate
):
    told = {"title": "Doña Refugio", "artist": "Refugio"}
    made = altered(recording(container, codec, seconds=17.0, rate=rate, metadata=told))

    assert b"Refugio" not in made
    assert b"ID3" not in made
    with av.open(io.BytesIO(made)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (44_100, 1)
        assert container.metadata == {}
        heard = sum(frame.samples for frame in container.decode(audio=0)) / 44_100
    assert heard == pytest.approx(17.0, abs=0.1)
    assert len(made) * 8 / 96_000 == pytest.approx(17.0, abs=0.1)


def test_the_same_secret_gives_the_same_bytes_and_another_another_voice(clip):
    one, again, other = (altered(clip("es"), SECRETS[n]) for n in (0, 0, 1))

    assert one == again
    assert one != other


@pytest.mark.parametrize("secret", [b"", b"short", bytes(15)])
def test_a_secret_that_could_be_guessed_is_refused(clip, secret):
    sink = io.BytesIO()

    with pytest.raises(ValueError, match="too short"):
        render_altered(io.BytesIO(clip("es")), sink, secret)

    assert not sink.getvalue()


def test_a_recording_that_cannot_be_heard_leaves_nothing(no_sound_at_all):
    sink = io.BytesIO()

    with pytest.raises(MediaError) as caught:
        render_altered(io.BytesIO(no_sound_at_all), sink, SECRETS[0])

    assert caught.value.code == Fault.TOO_SHORT
    assert not sink.getvalue()


def test_an_error_of_the_sink_passes_through(clip):
    class Full(io.BytesIO):
        def write(self, piece):
            raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space left"):
        render_altered(io.BytesIO(clip("es")), Full(), SECRETS[0])


def test_a_disguise_is_far_from_the_voice_itself_and_drifts():
    many = [disguise(bytes([n]) * 16, 0) for n in range(100)]

    assert all(min(each.warp.factors) > 1.07 for each in many)
    assert len({each.warp.factors for each in many}) == 100
    assert len({each.pitch for each in many}) == 100
    assert disguise(SECRETS[0], 0) != disguise(SECRETS[0], 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["es", "both"])
def test_the_voice_is_another_and_plain_undoing_does_not_bring_it_back(clip, name):
    encoder = VoiceEncoder()

    def voice(sound):
        whole = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
        mean = encoder.embed(whole).mean(axis=0)
        return mean / np.linalg.norm(mean)

    sound = samples_of(clip(name))
    own = voice(sound)
    plain, undone = [], []
    for secret in SECRETS:
        disguised = np.concatenate(list(alter([sound], secret)))
        plain.append(own @ voice(disguised))
        # Without the secret the likeliest undoing is a shift to the old pitch.
        undone.append(max(own @ voice(shifted(disguised, by)) for by in (0.8, 1.25)))

    # One woman speaks in both clips. What is left is less like her than she is
    # herself on another day; it is more like her than a stranger, and so no anonymity.
    herself = voice(samples_of(clip("es"))) @ voice(samples_of(clip("both")))
    assert np.mean(plain) < herself - 0.1
    assert np.mean(undone) < herself - 0.1
    assert max(plain + undone) < herself - 0.05


def shifted(sound, by):
    """Pitch and formants by one factor, as playing it faster or slower does."""
    places = np.arange(0, len(sound) - 1, by)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["es", "en"])
def test_words_stay_intelligible(clip, said, name):
    from transcription.engine import load_engine
    from transcription.pipeline import transcribe

    written = transcribe(
        io.BytesIO(altered(clip(name))),
        load_engine("faster-whisper", threads=2),
        (name,),
        NoWindows(),
        lambda _done, _all: None,
        "",
    )

    text = " ".join(segment.text for segment in written.segments)
    assert word_error_rate(said(name), text) < 0.25


def test_pitch_is_moved_to_the_testimonys_own_place(clip):
    sound = samples_of(clip("es"))
    secret = SECRETS[2]
    first = np.concatenate(list(alter([sound[: 8 * SAMPLE_RATE]], secret)))

    pitch = parselmouth.Sound(first.astype(np.float64), SAMPLE_RATE).to_pitch()
    heard = pitch.selected_array["frequency"]

    assert np.median(heard[heard > 0]) == pytest.approx(
        disguise(secret, 0).pitch, rel=0.06
    )


@pytest.mark.parametrize("size", [160, 16_000, 400_000])
def test_cut_and_joined_again_sound_is_whole(size):
    random = np.random.default_rng(3)
    sound = random.normal(size=40 * SAMPLE_RATE).astype(np.float32)

    blocks = list(quiet_blocks(pieces(sound, size)))
    joined = np.concatenate(list(join_blocks(blocks)))

    assert len(joined) == len(sound)
    assert np.abs(joined - sound).max() < 1e-5
    lengths = [len(block) / SAMPLE_RATE for block, _ in blocks]
    assert max(lengths) <= 12
    assert [shared for _, shared in blocks] == [OVERLAP] * (len(blocks) - 1) + [0]


def test_blocks_meet_where_it_is_quiet_and_without_a_click():
    sound = np.sin(np.arange(30 * SAMPLE_RATE) * 0.05).astype(np.float32) * 0.5
    sound[9 * SAMPLE_RATE : 9 * SAMPLE_RATE + 2 * OVERLAP] *= 0.01

    first, _ = next(quiet_blocks([sound]))
    out_of_step = [
        (block * (1 if n % 2 else -1), shared)
        for n, (block, shared) in enumerate(quiet_blocks([sound]))
    ]
    joined = np.concatenate(list(join_blocks(out_of_step)))

    assert 9 <= len(first) / SAMPLE_RATE <= 9.2
    # Even turned upside down at every cut, no step is steeper than the sound's.
    assert np.abs(np.diff(joined)).max() < np.abs(np.diff(sound)).max() * 1.2


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.2, 11.99, 12.0, 12.06])
@pytest.mark.parametrize("kind", ["silence", "noise", "constant"])
def test_odd_sound_comes_out_as_long_and_never_in_the_clear(seconds, kind):
    size = round(seconds * SAMPLE_RATE)
    noise = np.random.default_rng(4).normal(size=size).astype(np.float32) / 10
    sound = {
        "silence": np.zeros(size, dtype=np.float32),
        "noise": noise,
        "constant": np.full(size, 0.5, dtype=np.float32),
    }[kind]

    made = np.concatenate(list(alter(pieces(sound, 4000), SECRETS[0])))

    assert len(made) == size
    assert np.isfinite(made).all()
    assert np.abs(made).max(initial=0) <= 1
    if kind == "noise":
        assert np.abs(made - noise).mean() > np.abs(noise).mean() / 5
