import io
import tracemalloc

import numpy as np
import pytest

from transcription.audio import open_media, stream_samples
from transcription.errors import Fault, MediaError

pytestmark = pytest.mark.slow

CONTAINERS = [
    ("wav", "pcm_s16le", 44_100),
    ("webm", "libopus", 48_000),
    ("matroska", "flac", 48_000),
    ("ogg", "libopus", 48_000),
    ("mp3", "libmp3lame", 44_100),
    ("flac", "flac", 16_000),
    ("mp4", "aac", 44_100),
    ("ipod", "aac", 44_100),
    ("mov", "pcm_s16le", 48_000),
    ("adts", "aac", 44_100),
    ("aiff", "pcm_s16be", 44_100),
]


@pytest.mark.parametrize(("container", "codec", "rate"), CONTAINERS)
def test_every_accepted_container_is_heard_in_full(recording, container, codec, rate):
    file = io.BytesIO(recording(container, codec, rate=rate))

    info = open_media(file)
    blocks = list(stream_samples(file))

    heard = np.concatenate([block.samples for block in blocks])
    assert info.audio_codec
    assert not info.has_video
    assert len(heard) / 16_000 == pytest.approx(3.0, abs=0.1)
    assert heard.dtype == np.float32
    assert 0.2 < np.abs(heard).max() < 0.8


def test_blocks_touch_one_another(recording):
    at = 0.0
    for block in stream_samples(io.BytesIO(recording("wav", seconds=5.3))):
        assert block.start == pytest.approx(at, abs=1e-9)
        at += len(block.samples) / 16_000

    assert at == pytest.approx(5.3, abs=0.01)


@pytest.mark.parametrize("start", [0.0001, 0.5, 1.0, 2.71828])
def test_from_a_later_start_the_same_samples_follow(recording, start):
    file = io.BytesIO(recording("ogg", "libopus"))
    first = round(start * 16_000)

    whole = np.concatenate([block.samples for block in stream_samples(file)])
    blocks = list(stream_samples(file, start))

    assert blocks[0].start == first / 16_000
    rest = np.concatenate([block.samples for block in blocks])
    assert np.array_equal(rest, whole[first:])


def test_a_pause_of_the_recorder_is_silence(recording):
    data = recording("matroska", "flac", pauses=((1.0, 2.0),))

    blocks = list(stream_samples(io.BytesIO(data)))

    heard = np.concatenate([block.samples for block in blocks])
    assert len(heard) / 16_000 == pytest.approx(5.0, abs=0.1)
    assert np.abs(heard[18_000:46_000]).max() == 0.0
    assert np.abs(heard[:15_000]).max() > 0.2


def test_a_clock_that_jumps_by_days_does_not_fill_a_disk(recording):
    data = recording("matroska", "flac", pauses=((1.0, 300_000.0),))

    blocks = list(stream_samples(io.BytesIO(data)))

    assert sum(len(block.samples) for block in blocks) / 16_000 < 4


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("webm", "libopus"),
        ("wav", "pcm_s16le"),
        ("mp3", "libmp3lame"),
        ("flac", "flac"),
    ],
)
def test_a_recording_cut_off_gives_its_beginning(recording, container, codec):
    data = recording(container, codec, seconds=6.0)

    blocks = list(stream_samples(io.BytesIO(data[: len(data) * 2 // 3])))

    seconds = sum(len(block.samples) for block in blocks) / 16_000
    assert 3.0 < seconds < 4.8


def test_a_recording_whose_index_is_lost_is_damaged(recording):
    data = recording("mp4", "aac")

    with pytest.raises(MediaError) as caught:
        open_media(io.BytesIO(data[: len(data) // 2]))

    assert caught.value.code == Fault.DAMAGED


def test_damage_in_the_middle_costs_only_the_middle(recording):
    data = bytearray(recording("ogg", "libopus", seconds=10.0))
    middle = len(data) // 2
    data[middle : middle + 2000] = b"\xa5" * 2000

    blocks = list(stream_samples(io.BytesIO(bytes(data))))

    assert sum(len(block.samples) for block in blocks) / 16_000 > 8


@pytest.mark.slow
def test_memory_does_not_grow_with_length(recording):
    short, long = (
        io.BytesIO(recording("wav", seconds=seconds, rate=8000))
        for seconds in (20, 400)
    )

    assert _peak(long) < _peak(short) + 500_000


def _peak(file):
    tracemalloc.start()
    for _ in stream_samples(file):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
