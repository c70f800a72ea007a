"""Recordings of every kind taken, and seeded ways to spoil them."""

import io
import os
import random
from collections.abc import Callable, Iterator

import av
import numpy as np

MUTANTS = int(os.environ.get("RESGUARDO_MUTANTS", "1400"))
"""How many are tried in forks; each takes a fiftieth of a second of processor time."""

THE_SAME = {"fflags": "bitexact"}
"""Without it FFmpeg draws numbers for streams, and no mutant could be had again."""

BOXED = 3
"""How many of each kind are tried in boxes of their own, which takes ten times that."""

KINDS = [
    ("webm", "libopus", 48_000),
    ("matroska", "flac", 48_000),
    ("matroska", "pcm_s16le", 16_000),
    ("ogg", "libopus", 48_000),
    ("ogg", "flac", 44_100),
    ("ogg", "vorbis", 44_100),
    ("wav", "pcm_u8", 8000),
    ("wav", "pcm_s16le", 44_100),
    ("wav", "pcm_s24le", 48_000),
    ("wav", "pcm_s32le", 96_000),
    ("wav", "pcm_f32le", 48_000),
    ("wav", "pcm_alaw", 8000),
    ("wav", "adpcm_ms", 22_050),
    ("wav", "adpcm_ima_wav", 22_050),
    ("mp3", "libmp3lame", 44_100),
    ("flac", "flac", 44_100),
    ("ipod", "aac", 44_100),
    ("ipod", "alac", 44_100),
    ("adts", "aac", 44_100),
    ("amr", "libopencore_amrnb", 8000),
    ("3gp", "libopencore_amrnb", 8000),
    ("3gp", "aac", 44_100),
    ("mov", "pcm_s16be", 48_000),
    ("mov", "adpcm_ima_qt", 44_100),
    ("mp4", "ac3", 48_000),
    ("aiff", "pcm_s16be", 44_100),
    ("caf", "pcm_s24le", 48_000),
]


def with_video(tones: tuple[int, ...], default: int, container: str = "mp4") -> bytes:
    """A moving picture and a sound track for each tone in Hz, one of them the default."""
    rate = 48_000
    sink, plain = io.BytesIO(), np.full((48, 32), 128, np.uint8)
    with av.open(sink, "w", format=container, options=dict(THE_SAME)) as target:
        picture = target.add_stream("mpeg4", rate=5, width=32, height=32)
        picture.pix_fmt = "yuv420p"
        tracks = [target.add_stream("aac", rate=rate) for _ in tones]
        for index, track in enumerate(tracks):
            track.layout = "mono"
            track.disposition = int(index == default)
        for second in range(3):
            for _ in range(5):
                frame = av.VideoFrame.from_ndarray(plain, "yuv420p")
                target.mux(picture.encode(frame))
            for tone, track in zip(tones, tracks, strict=True):
                times = second + np.arange(rate) / rate
                sound = (np.sin(times * tone * 2 * np.pi) * 0.4).astype(np.float32)
                frame = av.AudioFrame.from_ndarray(sound[None], "fltp", "mono")
                frame.sample_rate, frame.pts = rate, second * rate
                target.mux(track.encode(frame))
        for stream in (picture, *tracks):
            target.mux(stream.encode(None))
    return sink.getvalue()


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 4, 32, 256])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut_short(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def lose_a_stretch(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice([1, 16, 512, 4096])]


def repeat_a_stretch(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[start:start] = data[start : start + chance.choice([1, 16, 512, 4096])]


def spoil_the_header(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 2, 8])):
        data[chance.randrange(min(len(data), 256))] = chance.randrange(256)


def lie_about_a_number(data: bytearray, chance: random.Random) -> None:
    """Put an extreme number somewhere, where sizes, counts and rates may stand."""
    size = chance.choice([1, 2, 4, 8])
    number = chance.choice([0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1)])
    start = chance.randrange(min(len(data), chance.choice([64, 512, 1 << 20])))
    data[start : start + size] = number.to_bytes(size, chance.choice(["big", "little"]))


def swap_stretches(data: bytearray, chance: random.Random) -> None:
    size = min(1024, len(data) // 3)
    first = chance.randrange(len(data) - 2 * size)
    second = chance.randrange(first + size, len(data) - size)
    one, other = data[first : first + size], data[second : second + size]
    data[first : first + size], data[second : second + size] = other, one


WAYS: list[Callable[[bytearray, random.Random], None]] = [
    flip_bits,
    cut_short,
    lose_a_stretch,
    repeat_a_stretch,
    spoil_the_header,
    lie_about_a_number,
    swap_stretches,
]


def mutants(whole: bytes, how_many: int, seed: str) -> Iterator[bytes]:
    """Spoilt copies, the same ones for the same seed."""
    chance = random.Random(seed)
    for index in range(how_many):
        data = bytearray(whole)
        WAYS[index % len(WAYS)](data, chance)
        if chance.random() < 0.3 and len(data) > 100:
            chance.choice(WAYS)(data, chance)
        yield bytes(data)
