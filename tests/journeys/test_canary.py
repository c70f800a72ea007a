"""Nothing in the clear: a known sound, name and sentence, searched for everywhere."""

import base64
import os
import signal
import subprocess
import time
from pathlib import Path

import av
import numpy as np
import pytest

from tests.conftest import DATA

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("speech")]
NAME = "Xóchitl Quetzalpapalotl"
TITLE = "The Zanzibar marmalade testimony"
PURPOSE = "Chrysanthemum research about marmalade"


def long_recording(path: Path) -> bytes:
    """Write real speech, ten times over; return a stretch of its samples."""
    with av.open(str(DATA / "en.flac")) as source:
        pieces = [frame.to_ndarray() for frame in source.decode(audio=0)]
        rate = source.streams.audio[0].rate
    samples = np.concatenate(pieces, axis=1).astype(np.int16)
    with av.open(str(path), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=rate, layout="mono")
        for _ in range(10):
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.rate = rate
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    middle = samples[0, samples.shape[1] // 2 :][:2000]
    return middle.tobytes()


def forms(text: str):
    plain = text.encode()
    yield from (plain, text.encode("utf-16-le"), base64.b64encode(plain)[:-4])
    yield plain.hex().encode()


def holding(canaries, *roots):
    found = []
    for root in roots:
        for path in Path(root).rglob("*"):
            if not path.is_file() or path.is_symlink():
                continue
            try:
                content = path.read_bytes()
            except OSError:
                continue
            found += [(name, path) for name, each in canaries if each in content]
    return found


def test_a_deposit_killed_in_the_middle_leaves_nothing_in_the_clear(served, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    recording = tmp_path / "elsewhere"
    recording.mkdir()
    sound = long_recording(recording / "story.wav")
    os.environ["TMPDIR"] = str(temporary)
    try:
        receipt = served.json(
            "deposit",
            str(recording / "story.wav"),
            "--title",
            TITLE,
            "--pseudonym",
            NAME,
        )
        done = kill_in_the_middle(served)
        served.run("work", "--until-idle")
    finally:
        del os.environ["TMPDIR"]
    status = served.json("status", receipt["testimony"])
    code = tmp_path / "elsewhere" / "code"
    code.write_text(receipt["claim_code"])
    text = served.run(
        "transcript", receipt["testimony"], "--claim-code-file", str(code), "--approve"
    ).stdout
    served.json(
        "people", "add", "--login", "marmalade", "--name", NAME, "--purpose", PURPOSE
    )

    assert done > 0
    assert status["state"] == "done"
    assert status["done_seconds"] > 90
    sentence = "what your country can do for you"
    assert text.lower().count(sentence) >= 5

    canaries = [("sound", sound), ("sound", sound[500:1500])]
    for name, words in {
        "name": NAME,
        "title": TITLE,
        "purpose": PURPOSE,
        "login": "marmalade",
        "sentence": sentence,
        "code": receipt["claim_code"],
        "word": "country",
    }.items():
        canaries += [(name, form) for form in forms(words)]
    assert holding(canaries, served.data, temporary, served.log.parent / "log") == []
    log = served.log.read_bytes()
    assert [name for name, each in canaries if each in log] == []
    # What is searched for can be found: the recording itself holds the sound.
    assert ("sound", recording / "story.wav") in holding(canaries, recording)


def kill_in_the_middle(served) -> float:
    """Kill the worker once it has saved something; return how far it had come."""
    with served.log.open("ab") as log:
        worker = subprocess.Popen(
            served.command("work", "--until-idle"),
            env=served.environ,
            stdout=log,
            stderr=log,
        )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and worker.poll() is None:
        row = served.json("status")["testimonies"][0]
        if row["state"] == "running" and row["done_seconds"] > 0:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            return float(row["done_seconds"])
        time.sleep(0.1)
    raise AssertionError("the worker was done before it could be killed")


def test_two_workers_write_one_story_down_once(served, tmp_path):
    receipt = served.json("deposit", str(DATA / "en.flac"))
    with served.log.open("ab") as log:
        workers = [
            subprocess.Popen(
                served.command("work", "--until-idle"),
                env=served.environ,
                stdout=log,
                stderr=log,
            )
            for _ in range(2)
        ]
    assert [worker.wait(180) for worker in workers] == [0, 0]

    assert served.json("status", receipt["testimony"])["state"] == "done"
    assert served.log.read_text().count("job-done") == 1
    (tmp_path / "code").write_text(receipt["claim_code"])
    told = served.json(
        "takeout",
        receipt["testimony"],
        "--claim-code-file",
        str(tmp_path / "code"),
        "--to",
        str(tmp_path / "out"),
    )
    assert "transcript-machine.json" in told["files"]
    assert (tmp_path / "out" / "recording.flac").read_bytes() == (
        DATA / "en.flac"
    ).read_bytes()
