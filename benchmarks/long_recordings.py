"""How much memory and time a recording of hours takes, measured as it is written down.

    python -m benchmarks.long_recordings [FILE.flac] [--hours 4] [--threads 2]

FILE (default: a clip of the tests) is said over and over until the hours are full, as
FLAC. Each line: minutes written down, seconds spent, the peak of this process so far.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import av
import numpy as np

from benchmarks.ways_to_hear import LANGUAGES, InMemory
from transcription.audio import stream_samples
from transcription.engine import load_engine
from transcription.pipeline import transcribe
from transcription.samples import SAMPLE_RATE

_TOLD_EVERY = 600.0


def lengthen(source: Path, target: Path, hours: float) -> None:
    """Write `source` over and over into `target`, with a second of silence between."""
    with source.open("rb") as file:
        once = np.concatenate([block.samples for block in stream_samples(file)])
    once = np.concatenate([once, np.zeros(SAMPLE_RATE, dtype=np.float32)])
    plain = (once * 32_767).astype(np.int16)[None]
    with av.open(str(target), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        for number in range(max(1, round(hours * 3600 * SAMPLE_RATE / len(once)))):
            frame = av.AudioFrame.from_ndarray(plain, format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            frame.pts = number * len(once)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    """Read the arguments, write it down, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "file", type=Path, nargs="?", default=Path("tests/data/both.flac")
    )
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    engine = load_engine("faster-whisper", threads=asked.threads)
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.flac"
        lengthen(asked.file, long, asked.hours)
        began, told = time.monotonic(), 0.0

        def progress(done: float, _all: float) -> None:
            nonlocal told
            if done >= told + _TOLD_EVERY:
                told = done
                _tell(done, time.monotonic() - began)

        with long.open("rb") as file:
            heard = transcribe(file, engine, LANGUAGES, InMemory(), progress, "")
        _tell(heard.duration, time.monotonic() - began)


def _tell(done: float, spent: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{done / 60:6.1f} min written down in {spent:7.1f} s "
        f"(real-time factor {spent / done:.3f}), peak {peak:5.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
