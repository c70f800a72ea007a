"""Recordings for the tests: the cut clips, and any container made from them."""

import io
import json
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from transcription.weights import default_cache

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="session")
def clip() -> Callable[[str], bytes]:
    return lambda name: (DATA / f"{name}.flac").read_bytes()


@pytest.fixture(scope="session")
def said() -> Callable[[str], str]:
    manifest = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    return lambda name: " ".join(item["text"] for item in manifest[name]["items"])


@pytest.fixture(scope="session")
def recording() -> Callable[..., bytes]:
    return make_recording


@pytest.fixture(scope="session")
def no_sound_at_all() -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(16_000)
    return sink.getvalue()


@pytest.fixture(scope="session")
def video_only() -> bytes:
    sink = io.BytesIO()
    with av.open(sink, "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuvj420p"
        for _ in range(5):
            picture = np.zeros((32, 32, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode(None))
    return sink.getvalue()


@pytest.fixture(scope="session")
def cache() -> Path:
    return default_cache()


def make_recording(
    container: str = "wav",
    codec: str = "pcm_s16le",
    *,
    seconds: float = 3.0,
    rate: int = 48_000,
    pauses: tuple[tuple[float, float], ...] = (),
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    layout: str = "mono",
    codec_options: dict[str, str] | None = None,
) -> bytes:
    """A 440 Hz tone; a pause (at, length) moves the clock on without sound."""
    sink = io.BytesIO()
    with av.open(sink, "w", format=container, options=options or {}) as target:
        target.metadata.update(metadata or {})
        stream = target.add_stream(codec, rate=rate, options=codec_options or {})
        stream.layout = layout
        resampler = av.AudioResampler(stream.format.name, layout, rate)
        times = np.arange(round(seconds * rate)) / rate
        tone = (np.sin(times * 440 * 2 * np.pi) * 12_000).astype(np.int16)
        at = 0
        for start in range(0, len(tone), rate // 50):
            piece = tone[None, start : start + rate // 50]
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate = rate
            for made in resampler.resample(frame):
                later = sum(length for where, length in pauses if at / rate >= where)
                made.pts = at + round(later * rate)
                at += made.samples
                target.mux(stream.encode(made))
        target.mux(stream.encode(None))
    return sink.getvalue()
