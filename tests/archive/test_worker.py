"""The worker: what cannot be heard ends in a clear state, and the rest goes on."""

import io
import struct
import wave

import av
import pytest

from archive.descriptions import Description
from archive.jobs import TakenError, claimed
from archive.sealed_checkpoints import SealedCheckpoints
from archive.worker import Worker
from consent.parts import Part
from consent.terms import Terms
from transcription.pipeline import WindowResult


def state(house):
    (row,) = house.desk.rows()
    return row.state, row.error_code


def take_in(house, content):
    return house.deposits.accept_file(io.BytesIO(content), Terms(), Description(), "es")


def silent_wav(frames):
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * frames))
    return sink.getvalue()


def video_without_sound():
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as target:
        stream = target.add_stream("mpeg4", rate=5, width=32, height=32)
        for _ in range(5):
            frame = av.VideoFrame(32, 32, "yuv420p")
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return sink.getvalue()


BAD = {
    "a header and nothing": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "noise that begins like ogg": b"OggS" + bytes(range(256)) * 40,
    "no samples": silent_wav(0),
    "absurd header": b"RIFF\xff\xff\xff\xffWAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 0, 0, 0, 0, 0)
    + b"data\xff\xff\xff\xff",
    "a header that says one sample a second": silent_wav(40_000).replace(
        (16_000).to_bytes(4, "little") + (32_000).to_bytes(4, "little"),
        (1).to_bytes(4, "little") + (2).to_bytes(4, "little"),
    ),
    "a playlist that begins like media": b"ID3\x04#EXTM3U\n#EXT-X-VERSION:3\nsecret.wav\n"
    * 9,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
@pytest.mark.slow
def test_what_cannot_be_heard_fails_with_a_code_and_stays_its_narrators(house, content):
    receipt = take_in(house, content)
    Worker(house).run(until_idle=True, stopping=lambda: False)
    found, code = state(house)

    assert found == "failed"
    assert code in {"not-media", "no-audio", "too-short", "damaged", "empty"}
    narrator = house.sessions.actor(
        house.entrance.enter(receipt.claim_code, "192.0.2.1")
    )
    whole = house.gate.whole(narrator, receipt.testimony_id, Part.ORIGINAL)
    assert whole == content


def test_a_video_without_sound_is_said_to_have_none(house):
    take_in(house, video_without_sound())
    Worker(house).run(until_idle=True, stopping=lambda: False)

    assert state(house) == ("failed", "no-audio")


def test_refusing_transcription_still_gives_a_listening_copy(house, deposit):
    story = deposit("public", transcription=False)
    Worker(house).run(until_idle=True, stopping=lambda: False)

    assert state(house)[0] == "refused"
    copy = house.gate.whole(story.actor, story.testimony_id, Part.AUDIO)
    assert copy[:2] in {b"\xff\xfb", b"\xff\xf3"}


def test_what_was_erased_meanwhile_leaves_the_worker_alive(house, deposit):
    gone, kept = deposit(transcription=False), deposit(transcription=False)
    worker = Worker(house)
    house.wishes.erase(gone.actor, gone.testimony_id)

    worker.work_on(gone.testimony_id)
    worker.run(until_idle=True, stopping=lambda: False)

    assert [row.testimony_id for row in house.desk.rows()] == [kept.testimony_id]


def test_a_job_is_held_by_one_alive(tmp_path):
    job = "0" * 32
    with claimed(tmp_path, job), pytest.raises(TakenError), claimed(tmp_path, job):
        pass
    with claimed(tmp_path, job):
        pass
    assert list(tmp_path.iterdir()) == []


def test_windows_already_heard_come_back_in_order_and_are_dropped_at_the_end(
    house, installation, deposit
):
    story = deposit()
    checkpoints = SealedCheckpoints(house, story.testimony_id)
    windows = [WindowResult(n, float(n), n + 1.0, ()) for n in range(3)]
    for window in windows:
        checkpoints.save(window)

    assert checkpoints.load() == windows
    before = len(list(installation.blobs.keys()))
    checkpoints.clear()
    assert checkpoints.load() == []
    assert len(list(installation.blobs.keys())) == before - 3


def test_windows_of_a_cancelled_job_stay_while_another_worker_has_it_in_hand(
    house, installation, deposit, person
):
    story = deposit()
    checkpoints = SealedCheckpoints(house, story.testimony_id)
    checkpoints.save(WindowResult(0, 0.0, 1.0, ()))
    house.desk.move(person("caretaker"), story.testimony_id, "cancel")

    with claimed(installation.settings.slots, story.testimony_id):
        Worker(house).run(until_idle=True, stopping=lambda: False)
        checkpoints.save(WindowResult(1, 1.0, 2.0, ()))
        assert [each.index for each in checkpoints.load()] == [0, 1]

    Worker(house).run(until_idle=True, stopping=lambda: False)
    assert checkpoints.load() == []
