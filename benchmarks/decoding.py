"""Decoding in the box against decoding in process: time, and memory by length.

Usage: python -m benchmarks.decoding
Times are seconds of work for an hour of sound; memory is the child's peak.
"""

import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np

from benchmarks.machine import describe
from benchmarks.memory import highest
from transcription.audio import stream_samples
from transcription.decoding import decode
from transcription.decoding_box.parent import Box
from transcription.decoding_box.wire import Task
from transcription.encoding import encode
from transcription.rendition import render_audio
from transcription.samples import SAMPLE_RATE

MINUTES = 10
HOURS = 4
ROUNDS = 3
RATE = 48_000
KINDS = (("Opus", "ogg", "libopus"), ("FLAC", "flac", "flac"))


def make(container: str, codec: str, minutes: int) -> bytes:
    """Return noise in syllables and a gliding tone."""
    sink = io.BytesIO()
    noise = np.random.default_rng(1).normal(size=RATE) * 0.1
    with av.open(sink, "w", format=container) as target:
        stream = target.add_stream(codec, rate=RATE)
        stream.layout = "mono"
        for second in range(minutes * 60):
            times = second + np.arange(RATE) / RATE
            loud = np.sin(times * 4.4) > -0.3
            tone = np.sin(times * 1300 + 300 * np.sin(times * 0.3)) * 0.3
            sound = ((tone + noise) * loud * 20_000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(sound[None], "s16", "mono")
            frame.sample_rate, frame.pts = RATE, second * RATE
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return sink.getvalue()


def hear(way: Callable[..., object], data: bytes, start: float = 0.0) -> float:
    """Return the seconds that decoding takes."""
    began = time.perf_counter()
    heard = sum(len(b.samples) for b in way(io.BytesIO(data), start))  # type: ignore[attr-defined]
    assert heard > SAMPLE_RATE
    return time.perf_counter() - began


def write(way: Callable[[BinaryIO, BinaryIO], float], data: bytes) -> float:
    """Return the seconds that a rendition takes."""
    began = time.perf_counter()
    way(io.BytesIO(data), io.BytesIO())
    return time.perf_counter() - began


def compare(name: str, plain: Callable[[], float], boxed: Callable[[], float]) -> None:
    """Print the best of some rounds of both, taken in turns."""
    both = [(plain(), boxed()) for _ in range(ROUNDS)]
    best, best_boxed = (min(each) for each in zip(*both, strict=True))
    hourly = 60 / MINUTES
    print(
        f"{name:<24} in process {best * hourly:6.2f} s/h, boxed "
        f"{best_boxed * hourly:6.2f} s/h, ratio {best_boxed / best:.2f}"
    )


def start_of_a_box() -> float:
    """Return the seconds until a child has shut itself in."""
    began = time.perf_counter()
    with Box(io.BytesIO(), Task.NOTHING):
        return time.perf_counter() - began


def peak(minutes: int) -> tuple[int, int]:
    """Return the peaks in KiB of the child and of what decodes through it."""
    program = "from benchmarks.decoding import print_peaks; print_peaks()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=make("flac", "flac", minutes),
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=True,
    )
    child, own = map(int, done.stdout.split())
    return child, own


def print_peaks() -> None:
    """Decode what comes in; print the child's peak, and how much this one grew."""
    data = io.BytesIO(sys.stdin.buffer.read())
    before, child = highest(), 0
    with Box(data, Task.SAMPLES, bytes_a_second=4 * SAMPLE_RATE) as box:
        status = Path(f"/proc/{box._child._process.pid}/status")  # noqa: SLF001
        for index, _ in enumerate(box.results()):
            if index % 100 == 0:
                line = status.read_text(encoding="ascii").split("VmHWM:")[1]
                child = int(line.split()[0])
    print(child, highest() - before)


def main() -> None:
    """Measure and print."""
    print(describe())
    starts = sorted(start_of_a_box() for _ in range(9))
    print(f"a box is ready after {starts[4] * 1000:.0f} ms (median of 9)")
    for name, container, codec in KINDS:
        data = make(container, codec, MINUTES)
        compare(
            f"{name}, {MINUTES} min, samples",
            lambda data=data: hear(decode, data),
            lambda data=data: hear(stream_samples, data),
        )
        compare(
            f"{name}, {MINUTES} min, MP3",
            lambda data=data: write(encode, data),
            lambda data=data: write(render_audio, data),
        )
    for name, container, codec in KINDS:
        data = make(container, codec, HOURS * 60)
        whole = hear(stream_samples, data)
        late = hear(stream_samples, data, HOURS * 3600 - 600)
        print(f"{name}, {HOURS} h: all {whole:.1f} s; its last 10 minutes {late:.1f} s")
    for minutes in (MINUTES, HOURS * 60):
        child, own = peak(minutes)
        print(f"FLAC, {minutes} min: child {child >> 10} MiB, parent +{own >> 10} MiB")


if __name__ == "__main__":
    main()
