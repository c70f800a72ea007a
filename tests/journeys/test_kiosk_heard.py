"""Said aloud to the kiosk's microphone, the words that arrive are those that were said."""

import json
import wave

import av
import numpy as np
import pytest

from benchmarks.word_errors import alike, word_error_rate
from tests.conftest import DATA, need
from tests.journeys.conftest import CHROMIUM, phone_at, words_in
from tests.journeys.kiosk_walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("speech")]

CLIPS = ("es", "en")
RATE = 16_000
PAUSE = 1
# Once around is 23 seconds.
SECONDS = 25
# Of 49 words or so the model itself gets one or two wrong, and the first and the last
# are cut by the touches on "record" and "stop". A second that was lost costs two more.
BOUND = 0.13


def samples(name):
    with av.open(str(DATA / f"{name}.flac")) as source:
        frames = [each.to_ndarray()[0] for each in source.decode(audio=0)]
        assert source.streams.audio[0].rate == RATE
    return np.concatenate(frames)


def said():
    told = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    texts = [item["text"] for name in CLIPS for item in told[name]["items"]]
    return alike(" ".join(texts)).split()


def error_rate(around, written):
    """Compare with what comes around again and again, from the best start to the best end."""
    once, length = len(around), len(alike(written).split())
    loop = around * (2 + length // once)
    return min(
        word_error_rate(" ".join(loop[start:end]), written)
        for start in range(once)
        for end in range(start + max(length - 4, 1), start + length + 5)
    )


@pytest.fixture
def microphone(tmp_path):
    """The file that Chromium's microphone plays again and again."""
    pause = np.zeros(PAUSE * RATE)
    pieces = [each for name in CLIPS for each in (samples(name), pause)]
    with wave.open(str(tmp_path / "microphone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.concatenate(pieces).astype("<i2").tobytes())
    return tmp_path / "microphone.wav"


@pytest.fixture
def page(driver, served, microphone):
    browser = driver.chromium.launch(
        executable_path=need("chromium", "apt-get install chromium"),
        args=[*CHROMIUM, f"--use-file-for-fake-audio-capture={microphone}"],
    )
    with phone_at(browser, served, "microphone") as context:
        yield context.new_page()
    browser.close()


def test_the_comparison_finds_what_is_missing():
    around = said()
    assert error_rate(around, " ".join(around[7:] + around[:9])) == 0
    assert error_rate(around, " ".join(around[:15] + around[22:])) > BOUND
    assert error_rate(around, " ".join(reversed(around))) > BOUND


def test_the_words_said_to_the_microphone_arrive(page, served, tmp_path):
    served.start("--no-worker")
    walk = Walk(page).open()
    walk.tell(SECONDS)
    walk.choose("me", "yes")
    words = walk.save()
    walk.confirm(words)
    walk.wait_until_sent()
    [told] = served.json("status")["testimonies"]
    served.run("work", "--until-idle")
    (code := tmp_path / "code").write_text(" ".join(words))
    asked = ["takeout", told["testimony"], "--claim-code-file", str(code)]
    served.json(*asked, "--to", str(tmp_path / "out"))

    written = (tmp_path / "out" / "transcript-machine.json").read_text("utf-8")
    segments = json.loads(written)["segments"]
    text = " ".join(each["text"] for each in segments)
    assert len(alike(text).split()) >= len(said())
    assert error_rate(said(), text) <= BOUND, text

    page.goto("/mine/enter#" + "-".join(words))
    page.click("main .strong")
    page.wait_for_url("**/mine")
    page.click("main a.strong")
    page.wait_for_selector("[data-transcript] li")
    assert segments[0]["text"].strip() in words_in(page)
