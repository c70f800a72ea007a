"""Ways to write a recording down: ours, and plain Whisper and faster-whisper."""

import io
from collections.abc import Callable

from benchmarks.word_errors import Written
from transcription.audio import stream_samples
from transcription.ct2_checkpoint import make_checkpoint
from transcription.devices import EngineName
from transcription.engine import load_engine
from transcription.pipeline import WindowResult, transcribe
from transcription.weights import find_weights

Way = Callable[[bytes], list[Written]]
LANGUAGES = ("es", "en")


class InMemory:
    """Checkpoints of one run, kept nowhere."""

    def __init__(self) -> None:
        """Start with none."""
        self._results: list[WindowResult] = []

    def load(self) -> list[WindowResult]:
        """All windows so far."""
        return list(self._results)

    def save(self, result: WindowResult) -> None:
        """Keep one more."""
        self._results.append(result)


def ours(name: EngineName, threads: int) -> Way:
    """Our pipeline with one of the engines; what is suspect is kept apart."""
    engine = load_engine(name, threads=threads)

    def run(recording: bytes) -> list[Written]:
        transcript = transcribe(
            io.BytesIO(recording),
            engine,
            LANGUAGES,
            InMemory(),
            lambda _done, _all: None,
            "",
        ).without_suspects()
        return [
            Written(word.text, word.start, word.end)
            for segment in transcript.segments
            for word in segment.words
        ]

    return run


def plain_whisper(threads: int) -> Way:
    """What the `whisper` command does when told nothing but the file."""
    import numpy as np  # noqa: PLC0415
    import torch  # noqa: PLC0415
    import whisper  # noqa: PLC0415

    if threads:
        torch.set_num_threads(threads)
    weights = find_weights(None)
    checkpoint = weights.cache / f"openai-whisper-{weights.sha256[:16]}.pt"
    if not checkpoint.exists():
        make_checkpoint(weights.path, checkpoint)
    model = whisper.load_model(str(checkpoint), device="cpu")
    # Its arguments' defaults; samples, for its own loader calls another program.
    temperatures = tuple(np.arange(0, 1.0 + 1e-6, 0.2))

    def run(recording: bytes) -> list[Written]:
        blocks = [b.samples for b in stream_samples(io.BytesIO(recording))]
        heard = whisper.transcribe(
            model,
            np.concatenate(blocks),
            temperature=temperatures,
            best_of=5,
            beam_size=5,
            fp16=False,
        )
        return [Written(s["text"], s["start"], s["end"]) for s in heard["segments"]]

    return run


def plain_faster_whisper(threads: int, **settings: bool) -> Way:
    """What faster-whisper does when told nothing but the file and `settings`."""
    from faster_whisper import WhisperModel  # noqa: PLC0415

    weights = find_weights(None)
    model = WhisperModel(str(weights.path), device="cpu", cpu_threads=threads)

    def run(recording: bytes) -> list[Written]:
        segments, _ = model.transcribe(io.BytesIO(recording), **settings)
        found: list[Written] = []
        for segment in segments:
            words = segment.words or [segment]
            found += [
                Written(getattr(w, "word", segment.text), w.start, w.end) for w in words
            ]
        return found

    return run


WAYS: dict[str, Callable[[int], Way]] = {
    "ours, faster-whisper": lambda threads: ours("faster-whisper", threads),
    "ours, openai-whisper": lambda threads: ours("openai-whisper", threads),
    "whisper, its command's defaults": plain_whisper,
    "faster-whisper, defaults": plain_faster_whisper,
    "faster-whisper, multilingual": lambda threads: plain_faster_whisper(
        threads, multilingual=True, word_timestamps=True
    ),
}
"""Each makes a way for so many threads. Word times cost: one peer is asked for them."""
