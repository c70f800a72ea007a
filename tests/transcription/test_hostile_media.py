"""Corrupt and hostile recordings: samples or a fault, and nothing else, ever."""

import io
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from tests.transcription import mutants
from transcription.audio import open_media, stream_samples
from transcription.errors import Fault, MediaError
from transcription.rendition import render_audio

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# A second thread would not be there after the fork.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

OF_RECORDINGS = {
    Fault.EMPTY,
    Fault.NOT_MEDIA,
    Fault.NO_AUDIO,
    Fault.TOO_SHORT,
    Fault.DAMAGED,
    Fault.TOO_MUCH,
}


@pytest.fixture
def secret(tmp_path, recording):
    """Another narrator's recording beside each upload, and how it would sound."""
    (tmp_path / "secret.wav").write_bytes(noise := wav(RATTLE.tobytes()))
    heard = hear(noise)
    before = Path.cwd()
    os.chdir(tmp_path)
    yield heard[4000:4400].tobytes()
    os.chdir(before)


RATTLE = np.random.default_rng(7).integers(-9000, 9000, 16_000, dtype=np.int16)


def wav(body, *, channels=1, rate=16_000, bits=16, form=1):
    each = channels * bits // 8
    a_second, each = rate * each % (1 << 32), each % (1 << 16)
    head = struct.pack("<IHHIIHH", 16, form, channels, rate, a_second, each, bits)
    size = struct.pack("<I", len(body))
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt "
        + head
        + b"data"
        + size
        + body
    )


def hear(data, start=0.0):
    pieces = [b.samples for b in stream_samples(io.BytesIO(data), start)]
    return np.concatenate([np.zeros(0, np.float32), *pieces])


def fault_of(data):
    with pytest.raises(MediaError) as caught:
        hear(data)
    return caught.value.code


@pytest.mark.parametrize(("container", "codec", "rate"), mutants.KINDS)
def test_every_kind_that_phones_and_recorders_make_is_heard(
    recording, container, codec, rate
):
    heard = hear(make(recording, container, codec, rate))

    assert len(heard) / 16_000 == pytest.approx(3.0, abs=0.15)
    assert 0.2 < np.abs(heard).max() < 0.8


@pytest.mark.parametrize(("container", "codec", "rate"), mutants.KINDS)
def test_a_spoilt_recording_is_heard_or_a_fault(
    secret, recording, container, codec, rate
):
    whole = make(recording, container, codec, rate)
    seed = f"boxed {container}/{codec}"
    for index, spoilt in enumerate(mutants.mutants(whole, mutants.BOXED, seed)):
        taken_or_refused(spoilt, secret, index)


def test_a_spoilt_film_is_heard_or_a_fault(secret):
    whole = mutants.with_video((440, 880), 0)
    for index, spoilt in enumerate(mutants.mutants(whole, mutants.BOXED, "boxed")):
        taken_or_refused(spoilt, secret, index)


@pytest.mark.timeout(0)
def test_thousands_of_spoilt_recordings_are_heard_or_a_fault(secret, tmp_path):
    command = [sys.executable, "-m", "tests.transcription.mutant_forks"]
    told = subprocess.run(
        [*command, str(mutants.MUTANTS), str(tmp_path)],
        env={**ONE_THREAD, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(told.stdout)

    assert found["failures"] == []
    assert sum(found["outcomes"].values()) >= mutants.MUTANTS
    assert found["outcomes"]["heard"] > mutants.MUTANTS / 4


def taken_or_refused(spoilt, secret, index):
    try:
        match index % 3:
            case 0:
                assert secret not in hear(spoilt).tobytes()
            case 1:
                open_media(io.BytesIO(spoilt))
            case _:
                render_audio(io.BytesIO(spoilt), io.BytesIO())
    except MediaError as error:
        # A crash would stay in the box all the same; none of these crashes it.
        assert error.code in OF_RECORDINGS  # noqa: PT017 - either way is well


def make(recording, container, codec, rate):
    options = {"strict": "-2"} if codec == "vorbis" else {}
    layout = "stereo" if codec == "vorbis" else "mono"
    return recording(container, codec, rate=rate, layout=layout, codec_options=options)


@pytest.mark.parametrize(
    "script",
    [
        b"ffconcat version 1.0\nfile secret.wav\n",
        b"ffconcat version 1.0\nfile 'file:secret.wav'\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1.0,\nsecret.wav\n#EXT-X-ENDLIST\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1.0,\nfile:///etc/passwd\n",
        b"#EXTM3U\n#EXTINF:1.0,\nhttp://192.0.2.1/x.wav\n#EXT-X-ENDLIST\n",
        b"#EXTM3U\n#EXTINF:1.0,\nconcat:secret.wav|secret.wav\n#EXT-X-ENDLIST\n",
        b'<?xml version="1.0"?><MPD><Period><BaseURL>secret.wav</BaseURL></Period></MPD>',
        b"v=0\no=- 0 0 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nm=audio 9 RTP/AVP 0\n",
    ],
)
def test_a_script_dressed_as_a_recording_is_none(secret, script):
    assert fault_of(script) == Fault.NOT_MEDIA
    for mark in (b"\x1aE\xdf\xa3\n", b"RIFF....WAVE\n", b"ID3\x04\x00\x00\n"):
        assert fault_of(mark + script) in {
            Fault.DAMAGED,
            Fault.NOT_MEDIA,
            Fault.TOO_SHORT,
        }


def test_a_film_that_refers_to_another_file_does_not_get_it(secret, recording):
    # QuickTime's data reference may name a file: `url ` in place of "this file".
    data = bytearray(make(recording, "mov", "pcm_s16le", 16_000))
    at = data.index(b"url ") - 4
    name = b"secret.wav\x00"
    data[at : at + 12] = struct.pack(">I", 12) + b"alis" + struct.pack(">I", 0)
    try:
        heard = hear(bytes(data) + name)
    except MediaError:
        return
    assert secret not in heard.tobytes()


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"channels": 0}, {Fault.DAMAGED, Fault.NO_AUDIO}),
        ({"rate": 0}, {Fault.DAMAGED}),
        ({"rate": 1}, {Fault.DAMAGED}),
        ({"rate": 0xFFFFFFFF}, {Fault.DAMAGED}),
        ({"bits": 0}, {Fault.NOT_MEDIA}),
        ({"channels": 0xFFFF}, {Fault.DAMAGED, Fault.TOO_SHORT, Fault.NOT_MEDIA}),
        ({"form": 0xBEEF}, {Fault.DAMAGED, Fault.NOT_MEDIA}),
    ],
)
def test_a_header_that_lies_is_a_fault(header, code):
    assert fault_of(wav(RATTLE.tobytes(), **header)) in code


def test_192_khz_are_heard(recording):
    heard = hear(recording("wav", "pcm_s32le", rate=192_000))

    assert len(heard) / 16_000 == pytest.approx(3.0, abs=0.01)
    assert 0.2 < np.abs(heard).max() < 0.8


@pytest.mark.parametrize(("default", "tone"), [(0, 440), (1, 1000)])
def test_of_two_sound_tracks_the_default_is_heard(default, tone):
    data = mutants.with_video((440, 1000), default, "matroska")

    info = open_media(io.BytesIO(data))
    heard = hear(data)[8000:24_000]

    assert info.has_video
    assert np.argmax(np.abs(np.fft.rfft(heard))) == pytest.approx(tone, abs=2)


def test_a_codec_that_no_recorder_writes_is_not_run(recording):
    data = recording("matroska", "wavpack")

    assert fault_of(data) == Fault.NOT_MEDIA


def test_a_cover_picture_alone_is_no_sound():
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as target:
        stream = target.add_stream("mjpeg", rate=1, width=32, height=32)
        stream.pix_fmt = "yuvj420p"
        stream.disposition = 0x400
        target.mux(stream.encode(av.VideoFrame(32, 32, "yuvj420p")))
        target.mux(stream.encode(None))

    assert fault_of(sink.getvalue()) == Fault.NO_AUDIO


@pytest.mark.slow
def test_ten_hours_of_silence_take_no_more_memory_than_a_minute():
    minute, hours = silence(60), silence(36_000)

    short, _ = most_memory(minute)
    long, seconds = most_memory(hours)

    assert len(hours) < 10_000_000
    assert seconds == pytest.approx(36_000, abs=1)
    assert long < short + 16_000


def most_memory(data):
    """The child's peak in KiB, and the seconds heard."""
    seconds, peak = 0.0, 0
    blocks = stream_samples(io.BytesIO(data))
    for block in blocks:
        seconds += len(block.samples) / 16_000
        if round(seconds) % 30 == 0:
            box = blocks.gi_frame.f_locals["box"]
            status = Path(f"/proc/{box._child._process.pid}/status").read_text()
            peak = int(status.split("VmHWM:")[1].split()[0])
    return peak, seconds


def silence(seconds):
    sink = io.BytesIO()
    with av.open(sink, "w", format="flac") as target:
        stream = target.add_stream("flac", rate=8000)
        stream.layout = "mono"
        nothing = np.zeros((1, 8000), np.int16)
        for second in range(seconds):
            frame = av.AudioFrame.from_ndarray(nothing, "s16", "mono")
            frame.sample_rate, frame.pts = 8000, second * 8000
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return sink.getvalue()
