"""Recorded with a microphone, sealed, heard again in the browser, decoded in Python."""

import io

import av
import pytest

from storage.unsealing import unseal
from tests.kiosk.test_sealing import deposited, opened_key, save
from tests.kiosk.test_steps import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECORD = """async (video) => {
  const { Recorder } = await import("/static/js/kiosk/recorder.js");
  const recorder = await Recorder.open({ video });
  await sealing.begin("es");
  const levels = [];
  let pieces = 0;
  recorder.start(async (bytes) => { pieces += 1; await sealing.write(bytes); });
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let n = 0; n < 30; n += 1) { await wait(100); levels.push(recorder.level()); }
  recorder.pause();
  const paused = recorder.seconds;
  await wait(1000);
  const still = recorder.seconds;
  recorder.resume();
  await wait(1000);
  const said = await recorder.stop();
  recorder.close();
  await sealing.finish(said.mediaType);
  return { ...said, pieces, paused, still, levels, tracks: recorder.stream.getTracks().map((each) => each.readyState) };
}"""
PLAY = """async (mediaType) => {
  const { play } = await import("/static/js/kiosk/playback.js");
  const element = document.body.appendChild(document.createElement("video"));
  element.muted = true;
  const playing = await play(element, sealing.read.bind(sealing), mediaType);
  await new Promise((resolve, reject) => {
    element.addEventListener("ended", resolve);
    element.addEventListener("error", () => reject(new Error(element.error.message)));
  });
  const heard = element.currentTime;
  playing.close();
  return [heard, element.hasAttribute("src")];
}"""


@pytest.mark.parametrize("video", [False, True])
def test_recorded_heard_and_sent(page, other_side, video):
    said = page.evaluate(RECORD, video)
    assert said["mediaType"].startswith("video/webm" if video else "audio/webm")
    assert said["pieces"] >= 3
    assert said["paused"] == said["still"] <= said["seconds"] - 0.9
    assert max(said["levels"]) > 0.3
    assert set(said["tracks"]) == {"ended"}
    assert said["problem"] is None
    heard, source = page.evaluate(PLAY, said["mediaType"])
    assert heard == pytest.approx(said["seconds"], abs=1)
    assert not source
    saved = save(page)
    testimony = deposited(other_side, page)
    identity = opened_key(other_side, saved, testimony)
    plain = unseal(testimony["sealed"], [identity])
    with av.open(io.BytesIO(plain)) as recording:
        samples = sum(each.samples for each in recording.decode(audio=0))
        assert bool(recording.streams.video) == video
    assert samples / 48_000 == pytest.approx(said["seconds"], abs=1)


def test_what_cannot_be_played_says_so(page):
    page.evaluate("sealing.begin('es')")
    page.evaluate("sealing.write(new TextEncoder().encode('no recording at all'))")
    page.evaluate("sealing.finish('')")
    play = """(await import("/static/js/kiosk/playback.js")).play(
      document.createElement("audio"), sealing.read.bind(sealing), "{}")"""
    for media_type in ("audio/wav", "audio/webm;codecs=opus", ""):
        assert code_of(page, play.replace("{}", media_type)) == "unplayable"


def test_no_more_room_ends_it_and_says_why(page):
    said = page.evaluate("""async () => {
      const { Recorder } = await import("/static/js/kiosk/recorder.js");
      const recorder = await Recorder.open();
      const ended = new Promise((resolve) => recorder.addEventListener("ended", resolve));
      recorder.start(async () => { throw Object.assign(new Error(), { code: "full" }); });
      await ended;
      const { problem, seconds } = await recorder.stop();
      recorder.close();
      return [problem.code, seconds];
    }""")
    assert said[0] == "full"
    assert said[1] < 5
