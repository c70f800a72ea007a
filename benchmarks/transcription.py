"""Our pipeline against plain Whisper and plain faster-whisper, on the same weights.

    python -m benchmarks.transcription [FOLDER] [--threads N] [--sets es60 en60]

FOLDER holds FLAC files and a manifest.json (default: the tests' own clips).
Each way runs in a process of its own, so that its peak memory is its own. The
real-time factor leaves the loading of the model out; lower is better throughout.
"""

import argparse
import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks.word_errors import word_error_rate
from transcription.audio import stream_samples
from transcription.ct2_checkpoint import make_checkpoint
from transcription.engine import EngineName, load_engine
from transcription.pipeline import WindowResult, transcribe
from transcription.weights import find_weights

WAYS = (
    "ours, faster-whisper",
    "ours, openai-whisper",
    "plain whisper (command-line defaults)",
    "plain faster-whisper (defaults)",
)
LANGUAGES = ("es", "en")
PACKAGES = ("openai-whisper", "faster-whisper", "ctranslate2", "torch", "av")


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


def ours(engine_name: EngineName, threads: int) -> Callable[[bytes], str]:
    """Our pipeline with one of the engines."""
    engine = load_engine(engine_name, threads=threads)

    def run(recording: bytes) -> str:
        transcript = transcribe(
            io.BytesIO(recording),
            engine,
            LANGUAGES,
            InMemory(),
            lambda _done, _all: None,
            "",
        )
        return " ".join(segment.text for segment in transcript.segments)

    return run


def plain_whisper(threads: int) -> Callable[[bytes], str]:
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

    def run(recording: bytes) -> str:
        blocks = [b.samples for b in stream_samples(io.BytesIO(recording))]
        heard = whisper.transcribe(
            model,
            np.concatenate(blocks),
            temperature=temperatures,
            best_of=5,
            beam_size=5,
            fp16=False,
        )
        return str(heard["text"])

    return run


def plain_faster_whisper(threads: int) -> Callable[[bytes], str]:
    """What faster-whisper does when told nothing but the file."""
    from faster_whisper import WhisperModel  # noqa: PLC0415

    weights = find_weights(None)
    model = WhisperModel(str(weights.path), device="cpu", cpu_threads=threads)

    def run(recording: bytes) -> str:
        segments, _ = model.transcribe(io.BytesIO(recording))
        return " ".join(segment.text for segment in segments)

    return run


def measure(way: str, folder: Path, name: str, threads: int) -> dict[str, float]:
    """Run one way over one set, in this process."""
    makers: dict[str, Callable[[], Callable[[bytes], str]]] = {
        WAYS[0]: lambda: ours("faster-whisper", threads),
        WAYS[1]: lambda: ours("openai-whisper", threads),
        WAYS[2]: lambda: plain_whisper(threads),
        WAYS[3]: lambda: plain_faster_whisper(threads),
    }
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[name]
    recording = (folder / f"{name}.flac").read_bytes()
    run = makers[way]()
    wall, processor = time.perf_counter(), time.process_time()
    written = run(recording)
    wall = time.perf_counter() - wall
    processor = time.process_time() - processor
    words = " ".join(item["text"] for item in said["items"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "real_time_factor": wall / said["dur"],
        "cpu_factor": processor / said["dur"],
        "word_error_rate": word_error_rate(words, written),
        "peak_mb": peak / 1024,
    }


def compare(folder: Path, names: list[str], threads: int) -> None:
    """Run every way over every set, each in a fresh process, and print a table."""
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, {_processor()}")
    print(f"Python {platform.python_version()}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    for name in names:
        print(f"\n{name}, {threads} threads")
        print(f"{'way':40}{'RTF':>8}{'CPU':>8}{'WER %':>8}{'MB':>8}  against whisper")
        results = {way: _apart(way, folder, name, threads) for way in WAYS}
        plain = results[WAYS[2]]
        for way, result in results.items():
            print(
                f"{way:40}{result['real_time_factor']:8.3f}{result['cpu_factor']:8.3f}"
                f"{result['word_error_rate'] * 100:8.1f}{result['peak_mb']:8.0f}  "
                f"time x{result['real_time_factor'] / plain['real_time_factor']:.2f}, "
                f"memory x{result['peak_mb'] / plain['peak_mb']:.2f}"
            )


def _apart(way: str, folder: Path, name: str, threads: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.transcription", str(folder)]
    command += ["--threads", str(threads), "--sets", name, "--only", way]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return models[0] if models else platform.processor()


def main() -> None:
    """Read the arguments and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("tests/data"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--only", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    manifest = json.loads((asked.folder / "manifest.json").read_text(encoding="utf-8"))
    spoken = [name for name, said in manifest.items() if said.get("items")]
    names = asked.sets or [n for n in ("es60", "en60") if n in spoken] or spoken
    if asked.only:
        print(json.dumps(measure(asked.only, asked.folder, names[0], asked.threads)))
    else:
        compare(asked.folder, names, asked.threads)


if __name__ == "__main__":
    main()
