import io
import struct
import tracemalloc
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.conversations import samples_of, wav
from tests.sounds import NoWindows
from transcription.altered_voice import render_altered
from transcription.audio import stream_whole
from transcription.checked_copies import TRIES, Check, checked_copy, hearing_with
from transcription.copy_tap import CopyTap
from transcription.cutting import CopyClock, Cut, normalised
from transcription.encoding import RATE
from transcription.engine import load_engine
from transcription.errors import Fault, LeakError, MediaError
from transcription.guard_band import spoken_words, widened, withheld_from
from transcription.pipeline import transcribe
from transcription.rendition import render_audio, render_cut
from transcription.samples import SAMPLE_RATE
from transcription.spellings import tokens

pytestmark = pytest.mark.slow

SECRET = bytes(32)
# Seconds that MP3 smears over an edge.
SETTLED = 0.08


def plain(data, sink, cuts):
    return render_cut(io.BytesIO(data), sink, cuts)


def altered(data, sink, cuts):
    return render_altered(io.BytesIO(data), sink, SECRET, cuts)


def made(render, data, cuts):
    sink = io.BytesIO()
    seconds = render(data, sink, cuts)
    return sink.getvalue(), seconds


def with_chunks(data):
    """The same WAV with what recorders write into it, before and after the sound."""

    def chunk(name, content):
        return (
            name
            + struct.pack("<I", len(content))
            + content
            + b"\0" * (len(content) % 2)
        )

    told = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Refugio H."))
    told += chunk(b"bext", b"Refugio H.".ljust(602, b"\0"))
    body = data[12:36] + told + data[36:] + chunk(b"iXML", b"<NOTE>Refugio H.</NOTE>")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


OVERLAPPING = [
    Cut(2000, 3500),
    Cut(3000, 4000, removed=True),
    Cut(3900, 4200),
    Cut(5000, 5000),
]


@pytest.mark.parametrize("render", [plain, altered])
@pytest.mark.parametrize(
    ("cuts", "seconds"),
    [
        ([Cut(0, 2000)], 9.6),
        ([Cut(0, 2000, removed=True)], 7.6),
        ([Cut(8000, None)], 9.6),
        ([Cut(8000, 99_000, removed=True)], 8.0),
        (OVERLAPPING, 8.6),
        ([Cut(0, None)], 9.6),
    ],
)
def test_a_copy_is_exactly_as_long_and_its_holes_are_silent(
    clip, render, cuts, seconds
):
    sound = samples_of(clip("es"))
    data = with_chunks(wav(sound))

    copy, told = made(render, data, cuts)

    assert told == pytest.approx(seconds, abs=0.002)
    assert len(copy) * 8 / 96_000 == pytest.approx(told, abs=0.06)
    for secret in (b"Refugio", b"ID3", b"LIST", b"bext", b"iXML"):
        assert secret not in copy
    assert b"Refugio" in data
    heard = samples_of(copy)
    clock = CopyClock(normalised(cuts))
    for cut in normalised(cuts):
        if cut.removed:
            continue
        start = clock.to_copy(cut.start_ms) / 1000 + (SETTLED if cut.start_ms else 0)
        end = min(clock.to_copy(min(cut.until, 9600)) / 1000, told) - SETTLED
        inside = heard[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        assert len(inside)
        assert np.abs(inside).max() < 1e-3
    if cuts[0] != Cut(0, None):
        assert np.abs(heard).max() > 0.1


@pytest.mark.parametrize("render", [plain, altered])
def test_of_a_copy_from_which_all_time_is_taken_nothing_is_left(clip, render):
    sink = io.BytesIO()

    with pytest.raises(MediaError) as caught:
        render(clip("es"), sink, [Cut(0, None, removed=True)])

    assert caught.value.code == Fault.TOO_SHORT
    assert not sink.getvalue()


def test_what_is_cut_changes_no_byte_of_a_copy(clip):
    """Nothing that is withheld reaches the encoder: other words there, the same copy."""
    sound = samples_of(clip("es"))
    other = sound.copy()
    other[2 * SAMPLE_RATE : 4 * SAMPLE_RATE] = samples_of(clip("en"))[: 2 * SAMPLE_RATE]
    cuts = {removed: [Cut(1900, 4100, removed)] for removed in (False, True)}

    for each in cuts.values():
        for render in (plain, altered):
            assert made(render, wav(sound), each) == made(render, wav(other), each)
    assert made(plain, wav(sound), []) != made(plain, wav(other), [])


def test_without_cuts_it_is_the_plain_copy(clip):
    sink = io.BytesIO()
    seconds = render_audio(io.BytesIO(clip("both")), sink)

    assert made(plain, clip("both"), []) == (sink.getvalue(), seconds)


def test_samples_are_those_that_the_box_encodes_and_a_damaged_file_gives_its_beginning(
    clip, recording
):
    tone = recording("mp3", "libmp3lame", seconds=5.0)

    whole = np.concatenate(list(stream_whole(io.BytesIO(tone))))
    half = np.concatenate(list(stream_whole(io.BytesIO(tone[: len(tone) // 2]))))

    assert whole.dtype == np.int16
    assert len(whole) / RATE == pytest.approx(5.0, abs=0.06)
    assert len(half) / RATE == pytest.approx(2.5, abs=0.1)
    with pytest.raises(MediaError):
        list(stream_whole(io.BytesIO(b"Esto es un texto.")))


def test_memory_does_not_grow_with_the_recording(recording):
    class Nowhere(io.RawIOBase):
        def writable(self):
            return True

        def write(self, piece):
            return len(piece)

    def peak(seconds):
        data = io.BytesIO(recording("mp3", "libmp3lame", seconds=seconds))
        cuts = [Cut(n * 1000, n * 1000 + 500, n % 2 == 0) for n in range(1, 30, 3)]
        tracemalloc.start()
        render_cut(data, CopyTap(Nowhere(), [(1.0, 2.0)]), cuts)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(20.0)
    assert peak(300.0) < peak(40.0) + 500_000


def test_the_tap_hands_all_on_and_keeps_what_was_asked_for(clip):
    sink = io.BytesIO()
    tap = CopyTap(sink, [(4.0, 6.0), (1.0, 2.0), (5.5, 7.0), (9.0, 30.0)])

    seconds = render_cut(io.BytesIO(clip("es")), tap, [])

    copy, _ = made(plain, clip("es"), [])
    assert sink.getvalue() == copy
    assert tap.seconds == pytest.approx(seconds, abs=0.06)
    whole = samples_of(copy)
    for start, end in ((1.0, 2.0), (4.0, 6.0), (5.5, 7.0), (9.0, seconds)):
        heard = tap.heard(start, end)
        assert len(heard) == pytest.approx((end - start) * SAMPLE_RATE, abs=20)
        there = [
            whole[round((start + shift) * SAMPLE_RATE) :][: len(heard)]
            for shift in np.arange(0.0, 0.05, 1 / SAMPLE_RATE)
        ]
        best = min(
            np.abs(heard[: len(each)] - each).max() for each in there if len(each)
        )
        assert best < 0.1
    assert len(tap.heard(60.0, 61.0)) == 0


def test_a_sink_that_gets_anything_but_our_copy_says_so():
    with pytest.raises(MediaError):
        CopyTap(io.BytesIO(), []).write(b"RIFF and so on")


@pytest.fixture(scope="module")
def engine(cache):
    return load_engine("faster-whisper", cache=cache, threads=2)


class Kept:
    """Where copies are made: each try a target of its own, one of them kept."""

    def __init__(self):
        self.targets = []
        self.kept = []

    @contextmanager
    def target(self):
        self.targets.append(io.BytesIO())
        yield self.targets[-1]

    def keep(self, target):
        self.kept.append(target.getvalue())


@pytest.fixture(scope="module")
def words_of(engine, clip):
    found = {}

    def words(name):
        if name not in found:
            found[name] = spoken_words(written_down(engine, clip(name)).segments)
        return found[name]

    return words


def written_down(engine, data):
    return transcribe(
        io.BytesIO(data),
        engine,
        ("es", "en"),
        NoWindows(),
        lambda _done, _all: None,
        "",
    )


def cut_of(words, text):
    """Cut what is said there, and nothing else."""
    said = tokens(text.split())
    for at in range(len(words)):
        here = words[at : at + len(said)]
        if tokens(word.text for word in here) == said:
            return Cut(here[0].start_ms, here[-1].end_ms)
    raise AssertionError(text)


PASSAGES = [
    (plain, "es", "primeras letras del apellido", False),
    (plain, "es", "Bienvenido al", True),
    (plain, "en", "Americans", True),
    (altered, "en", "ask not what your country", False),
    (altered, "es", "usted", True),
]


@pytest.mark.parametrize(("render", "name", "text", "removed"), PASSAGES)
def test_what_is_withheld_is_not_heard_in_the_copy(
    engine, clip, words_of, render, name, text, removed
):
    words, kept = words_of(name), Kept()
    cut = replace(cut_of(words, text), removed=removed)
    check = Check(words, ("es", "en"), hearing_with(engine))

    copy = checked_copy(
        kept.target,
        lambda sink, cuts: render(clip(name), sink, cuts),
        kept.keep,
        [cut],
        check,
    )

    assert len(kept.kept) == 1
    (applied,) = copy.cuts
    assert applied.start_ms <= cut.start_ms
    assert applied.removed is removed
    again = written_down(engine, kept.kept[0])
    heard = tokens(word.text for segment in again.segments for word in segment.words)
    allowed = tokens(w.text for w in words if w not in withheld_from(words, [cut]))
    gone = tokens(text.split())
    for word in gone:
        assert heard.count(word) <= allowed.count(word)
    assert heard


def test_words_timed_wrongly_are_noticed_and_the_cut_widened(engine, clip, words_of):
    """The transcript is late: the withheld words begin long before the cut."""
    words = [
        replace(word, start_ms=word.start_ms + 900, end_ms=word.end_ms + 900)
        for word in words_of("en")
    ]
    cut, kept = cut_of(words, "ask not"), Kept()
    check = Check(words, ("es", "en"), hearing_with(engine))

    copy = checked_copy(
        kept.target,
        lambda sink, cuts: plain(clip("en"), sink, cuts),
        kept.keep,
        [cut],
        check,
    )

    assert len(kept.targets) > 1
    assert copy.cuts[0].start_ms < widened([cut], words)[0].start_ms
    again = written_down(engine, kept.kept[0])
    heard = tokens(segment.text for segment in again.segments)
    assert "not" not in heard
    assert heard.count("ask") == 1


def test_a_copy_that_goes_on_telling_is_never_kept(engine, clip, words_of):
    words, kept = words_of("en"), Kept()
    check = Check(words, ("es", "en"), hearing_with(engine))

    def careless(sink, cuts):
        """Cuts ten seconds too late."""
        late = [Cut(each.start_ms + 10_000, None) for each in cuts]
        return plain(clip("en"), sink, late)

    with pytest.raises(LeakError):
        checked_copy(
            kept.target, careless, kept.keep, [cut_of(words, "Americans")], check
        )
    assert kept.kept == []

    def deaf(sink, cuts):
        return render_audio(io.BytesIO(clip("en")), sink)

    removed = replace(cut_of(words, "Americans"), removed=True)
    with pytest.raises(LeakError):
        checked_copy(kept.target, deaf, kept.keep, [removed], check)
    assert kept.kept == []
    assert len(kept.targets) <= 1 + TRIES


def test_what_was_never_written_down_is_cut_wider_and_heard_by_nobody(clip):
    def hear(_samples, _language):
        raise AssertionError("nobody may write this down")

    kept = Kept()
    copy = checked_copy(
        kept.target,
        lambda sink, cuts: plain(clip("es"), sink, cuts),
        kept.keep,
        [Cut(2000, 3000), Cut(5000, 6000, removed=True)],
        Check((), ("es", "en"), hear),
    )

    assert copy.cuts == (Cut(1500, 3500), Cut(4500, 6500, removed=True))
    assert copy.seconds == pytest.approx(9.6 - 2.0, abs=0.002)
    assert len(kept.targets) == len(kept.kept) == 1


def test_at_the_beginning_the_end_and_over_all_of_it_copies_are_made(
    engine, clip, words_of
):
    words = words_of("es")
    check = Check(words, ("es", "en"), hearing_with(engine))
    for cuts in (
        [Cut(0, words[1].end_ms), Cut(words[-2].start_ms, None, removed=True)],
        [Cut(0, None)],
        [Cut(9000, 90_000), Cut(95_000, 99_000)],
        [Cut(3000, 3000)],
    ):
        kept = Kept()
        checked_copy(
            kept.target,
            lambda sink, cuts: plain(clip("es"), sink, cuts),
            kept.keep,
            cuts,
            check,
        )
        assert len(kept.kept) == 1
