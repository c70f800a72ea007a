"""Copies without what is withheld: how fast they are made, and what is still heard.

    python -m benchmarks.cutting [FOLDER] [--sets es60 en60] [--hours 1]
                                 [--passages 200]
                                 [--judge MODEL] [--altered] [--threads 1] [--seed 1]

FOLDER holds FLAC files (default: the tests' own clips); without --sets all of speech
are taken. Speed: one recording of so many hours with 20 passages, against FFmpeg's own
filter (`volume=0:enable=...`) in the same run; its program where there is one, or else
the same library.

Leaks: passages of half a second to six at random places, one a copy, silent and removed
by turns, checked as the archive checks them. Then MODEL, which had no part in that,
listens to six seconds on each side of each hole: a path to a checkpoint of
openai-whisper or a CTranslate2 folder, or a name that openai-whisper knows; one for
English alone suits English sets. Without it the reference engine judges with the same
weights, at 32 bits and in its own way. A withheld word is heard where the judge hears
it more often than it heard it there outside the passage in the whole recording.
"""

import argparse
import io
import math
import resource
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from benchmarks.conversations import samples_of
from benchmarks.long_recordings import lengthen
from benchmarks.machine import describe
from benchmarks.ways_to_hear import LANGUAGES, InMemory
from transcription.altered_voice import render_altered
from transcription.checked_copies import Check, checked_copy, hearing_with
from transcription.ct2_checkpoint import make_checkpoint
from transcription.cutting import CopyClock, Cut
from transcription.encoding import BITS_A_SECOND, RATE
from transcription.engine import load_engine
from transcription.errors import LeakError
from transcription.guard_band import spoken_words
from transcription.pipeline import transcribe
from transcription.rendition import render_cut
from transcription.samples import SAMPLE_RATE
from transcription.spellings import tokens
from transcription.weights import find_weights

if TYPE_CHECKING:
    from transcription.samples import Samples

_CUTS = 20
_BESIDE_MS = 6_000
_SECRET = bytes(32)

Heard = list[tuple[str, float, float]]
"""Words with their times in seconds."""

Judge = Callable[["Samples"], Heard]


def spread(length_ms: int, count: int) -> list[Cut]:
    """Passages of five to thirty seconds, evenly spread, every other one removed."""
    chance = np.random.default_rng(1)
    step = length_ms // count
    longest = min(30_000, step // 2)
    cuts = []
    for number in range(count):
        start = number * step + int(chance.integers(0, step // 3))
        length = int(chance.integers(min(5_000, longest // 2), longest))
        cuts.append(Cut(start, start + length, bool(number % 2)))
    return cuts


def _enabled(cuts: Sequence[Cut]) -> str:
    spans = (f"between(t,{c.start_ms / 1000},{c.until / 1000})" for c in cuts)
    return "+".join(spans)


def by_program(source: Path, cuts: Sequence[Cut]) -> None:
    """FFmpeg's own program."""
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-vn", "-af"]
    command += [f"volume=0:enable='{_enabled(cuts)}'", "-ac", "1", "-ar", str(RATE)]
    command += ["-b:a", str(BITS_A_SECOND), "-f", "mp3", "-"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def by_library(source: Path, cuts: Sequence[Cut]) -> None:
    """FFmpeg's filter, called from Python; decoded and encoded as ours is."""
    with (
        av.open(str(source)) as given,
        av.open(io.BytesIO(), "w", format="mp3") as made,
    ):
        sound = given.streams.audio[0]
        stream = made.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BITS_A_SECOND
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_abuffer(template=sound),
            graph.add("volume", f"volume=0:enable='{_enabled(cuts)}'"),
            graph.add("aresample", str(RATE)),
            graph.add("aformat", "sample_fmts=s16p:channel_layouts=mono"),
            graph.add("asetnsamples", "n=1152:p=0"),
            graph.add("abuffersink"),
        ).configure()

        def drain() -> None:
            while True:
                try:
                    made.mux(stream.encode(graph.pull()))
                except (av.BlockingIOError, av.EOFError):
                    return

        for frame in given.decode(sound):
            graph.push(frame)
            drain()
        graph.push(None)
        drain()
        made.mux(stream.encode(None))


class _Nowhere(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return len(data)


def speed(source: Path, hours: float) -> None:
    """Print how long each way takes for a long recording, and the ratio to FFmpeg's."""
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.flac"
        lengthen(source, long, hours)
        cuts = spread(round(hours * 3_600_000), _CUTS)

        def ours(file: Path) -> None:
            with file.open("rb") as opened:
                render_cut(opened, _Nowhere(), cuts)

        def ours_altered(file: Path) -> None:
            with file.open("rb") as opened:
                render_altered(opened, _Nowhere(), _SECRET, cuts)

        program = shutil.which("ffmpeg") is not None
        ways: dict[str, Callable[[Path], None]] = {
            "FFmpeg's program" if program else "FFmpeg's filter, in Python": (
                (lambda file: by_program(file, cuts))
                if program
                else (lambda file: by_library(file, cuts))
            ),
            "ours": ours,
            "ours, disguised": ours_altered,
        }
        print(
            f"\n{hours:g} h, {_CUTS} passages{'':19}{'wall s':>8}{'x real':>8}", end=""
        )
        print(f"{'CPU s':>8}{'ratio':>8}")
        peer = 0.0
        for name, way in ways.items():
            wall, processor = _timed(way, long)
            peer = peer or wall
            print(f"{name:36}{wall:8.1f}{hours * 3600 / wall:8.0f}", end="")
            print(f"{processor:8.1f}{wall / peer:8.2f}", flush=True)


def _timed(way: Callable[[Path], None], file: Path) -> tuple[float, float]:
    began, spent = time.perf_counter(), _processor()
    way(file)
    return time.perf_counter() - began, _processor() - spent


def _processor() -> float:
    """Processor seconds of this process and of its children that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    return sum(each.ru_utime + each.ru_stime for each in used)


def judge_with(model: str | None, threads: int) -> Judge:
    """Load whoever listens in the end."""
    if model is not None and Path(model).is_dir():
        return _ctranslate2(model, threads)
    import torch  # noqa: PLC0415
    import whisper  # noqa: PLC0415

    torch.set_num_threads(threads)
    if model is None:
        weights = find_weights(None)
        checkpoint = weights.cache / f"openai-whisper-{weights.sha256[:16]}.pt"
        if not checkpoint.exists():
            make_checkpoint(weights.path, checkpoint)
        model = str(checkpoint)
    loaded = whisper.load_model(model, device="cpu")

    def judge(samples: "Samples") -> Heard:
        said = whisper.transcribe(
            loaded,
            samples,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            fp16=False,
            verbose=None,
        )
        words = [word for each in said["segments"] for word in each["words"]]
        return [(w["word"], float(w["start"]), float(w["end"])) for w in words]

    return judge


def _ctranslate2(model: str, threads: int) -> Judge:
    from faster_whisper import WhisperModel  # noqa: PLC0415

    loaded = WhisperModel(model, "cpu", compute_type="float32", cpu_threads=threads)

    def judge(samples: "Samples") -> Heard:
        segments, _ = loaded.transcribe(
            samples,
            beam_size=5,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        words = [word for each in segments for word in each.words or ()]
        return [(w.word, w.start, w.end) for w in words]

    return judge


@dataclass
class Tally:
    """What came of the passages of all sets so far."""

    passages: int = 0
    refused: int = 0
    again: int = 0
    words: int = 0
    heard: int = 0
    wider_ms: float = 0.0


class Leaks:
    """One recording from which passages are taken, one after the other."""

    def __init__(
        self, data: bytes, engine: Any, judge: Judge, *, altered: bool
    ) -> None:
        self._data = data
        self._judge = judge
        self._altered = altered
        written = transcribe(
            io.BytesIO(data),
            engine,
            LANGUAGES,
            InMemory(),
            lambda _done, _all: None,
            "",
        )
        words = spoken_words(written.segments)
        self._check = Check(words, LANGUAGES, hearing_with(engine))
        sound = samples_of(data)
        self.length_ms = len(sound) * 1000 // SAMPLE_RATE
        self._original = judge(sound)

    def take(self, cut: Cut, tally: Tally) -> None:
        """Make a copy without a passage, have it judged, and count."""
        kept: list[bytes] = []
        tries: list[io.BytesIO] = []

        @contextmanager
        def target() -> Iterator[io.BytesIO]:
            tries.append(io.BytesIO())
            yield tries[-1]

        tally.passages += 1
        try:
            copy = checked_copy(
                target,
                self._render,
                lambda each: kept.append(each.getvalue()),
                [cut],
                self._check,
            )
        except LeakError:
            tally.refused += 1
            return
        finally:
            tally.again += len(tries) > 1
        (applied,) = copy.cuts
        whole = min(applied.until, self.length_ms) - applied.start_ms
        tally.wider_ms += whole - (cut.until - cut.start_ms)
        self._listen(cut, applied, samples_of(kept[0]), tally)

    def _render(self, sink: Any, cuts: Sequence[Cut]) -> float:
        if self._altered:
            return render_altered(io.BytesIO(self._data), sink, _SECRET, cuts)
        return render_cut(io.BytesIO(self._data), sink, cuts)

    def _listen(self, cut: Cut, applied: Cut, heard: "Samples", tally: Tally) -> None:
        clock = CopyClock((applied,))
        start, end = applied.start_ms, min(applied.until, self.length_ms)
        sides = [(max(0, start - _BESIDE_MS), start), (end, end + _BESIDE_MS)]
        gone = self._between(cut.start_ms, cut.until, within=True)
        tally.words += gone.total()
        for begin, stop in sides:
            first, last = (
                round(clock.to_copy(at) * SAMPLE_RATE / 1000) for at in (begin, stop)
            )
            side = heard[first:last]
            if len(side) < SAMPLE_RATE // 10:
                continue
            said = Counter(tokens(word for word, *_ in self._judge(side)))
            allowed = self._between(begin - 1000, stop + 1000, but=cut)
            extra = (said - allowed) & gone
            tally.heard += extra.total()
            if extra:
                print(f"  still heard: {' '.join(extra)}", flush=True)

    def _between(
        self, start: float, end: float, *, within: bool = False, but: Cut | None = None
    ) -> Counter[str]:
        """What the judge heard of the original, by the middle of each word."""
        found: Counter[str] = Counter()
        for word, began, ended in self._original:
            middle = (began + ended) * 500
            inside = but is not None and but.start_ms <= middle < but.until
            if start <= middle < end and not inside:
                # A word that only the edge touches was never withheld whole.
                if within and (began * 1000 < start - 50 or ended * 1000 > end + 50):
                    continue
                found.update(tokens([word]))
        return found


def leaks(folder: Path, names: Sequence[str], asked: argparse.Namespace) -> None:
    """Take passages from each set in turn, and print what came of them."""
    engine = load_engine("faster-whisper", threads=asked.threads)
    judge = judge_with(asked.judge, asked.threads)
    chance = np.random.default_rng(asked.seed)
    print(f"\n{'set':12}{'passages':>9}{'refused':>9}{'again':>7}{'words':>7}", end="")
    print(f"{'heard':>7}{'wider s':>9}{'CPU s':>8}")
    share = math.ceil(asked.passages / len(names))
    for place, name in enumerate(names):
        tally, spent = Tally(), _processor()
        data = (folder / f"{name}.flac").read_bytes()
        taken = Leaks(data, engine, judge, altered=asked.altered)
        for number in range(min(share, asked.passages - place * share)):
            length = int(chance.integers(500, 6_000))
            start = int(chance.integers(0, max(1, taken.length_ms - length)))
            taken.take(Cut(start, start + length, bool(number % 2)), tally)
        made = max(1, tally.passages - tally.refused)
        print(f"{name:12}{tally.passages:9}{tally.refused:9}{tally.again:7}", end="")
        print(f"{tally.words:7}{tally.heard:7}", end="")
        print(
            f"{tally.wider_ms / made / 1000:9.2f}{_processor() - spent:8.0f}",
            flush=True,
        )


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("tests/data"))
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--passages", type=int, default=20)
    parser.add_argument("--judge")
    parser.add_argument("--altered", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    names = asked.sets or ["es", "en", "both"]
    print(describe("av", "faster-whisper", "openai-whisper"))
    if asked.hours > 0:
        speed(asked.folder / f"{names[0]}.flac", asked.hours)
    if asked.passages > 0:
        leaks(asked.folder, names, asked)


if __name__ == "__main__":
    main()
