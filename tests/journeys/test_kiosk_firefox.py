"""The kiosk in Firefox ESR: what a tone says there arrives, opens and sounds."""

import av
import numpy as np
import pytest

from tests.journeys.firefox_walk import FirefoxPage, FirefoxWalk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
TITLE, PSEUDONYM = "El camino de vuelta", "Guadalupe Xochitl"
SEALED = "age-encryption.org/v1"
# Without sound: the machine that tests may have no loudspeaker.
HEARD = """new Promise((done) => {
  const element = document.querySelector("[data-hear=audio]");
  const tell = () => done([element.currentTime, element.error?.message ?? ""]);
  for (const each of ["ended", "error"]) element.addEventListener(each, tell);
})"""


@pytest.fixture
def walk(served, tmp_path):
    served.start("--no-worker")
    page = FirefoxPage(tmp_path / "profile")
    try:
        page.ask("setViewport", {"width": 360, "height": 740})
        found = FirefoxWalk(page, served.url)
        yield found
        assert page.ask("problems") == []
    finally:
        page.close()


def loudest(path):
    with av.open(path) as recording:
        frames = [each.to_ndarray() for each in recording.decode(audio=0)]
    return float(np.abs(np.concatenate(frames, axis=1)).max())


def hear(walk):
    """Hear it to its end; give back the seconds that were heard."""
    walk.page.evaluate("document.querySelector('[data-hear=audio]').muted = true")
    walk.do("hear")
    seconds, problem = walk.page.evaluate(HEARD)
    assert problem == ""
    return seconds


def name_it(walk):
    walk.page.click("[data-change=name]")
    walk.wait("name")
    walk.page.fill("#pseudonym", PSEUDONYM)
    walk.page.fill("#title", TITLE)
    walk.do("name", "k7")


def traces(walk, *secrets):
    kept = walk.stores()
    return [each for each in secrets if each in kept]


def arrived(walk, served):
    for _ in range(40):
        if found := served.json("status")["testimonies"]:
            return found[0]["testimony"]
        walk.page.wait_for_timeout(250)
    raise AssertionError(walk.at)


def traces_after(walk, *secrets):
    # When the next can begin, it has been tried how much room there is.
    walk.do("begin", "k1")
    return traces(walk, f"{SEALED}\n->", *secrets)


def test_a_voice_told_in_firefox_waits_arrives_and_leaves_nothing(
    walk, served, tmp_path
):
    walk.open()
    walk.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    walk.open()
    served.stop()
    walk.open("/kiosk").tell(3)
    assert hear(walk) == pytest.approx(3, abs=1)
    walk.choose()
    name_it(walk)
    words = walk.save()
    secrets = [TITLE, PSEUDONYM, "AGE-SECRET-KEY", " ".join(words), "-".join(words)]
    assert traces(walk, SEALED, *secrets, "audio/webm", "audio/ogg", "Opus") == [SEALED]
    walk.confirm(words)

    served.start("--no-worker")
    walk.finish()
    testimony = arrived(walk, served)
    assert traces_after(walk, *secrets) == []
    (code := tmp_path / "code").write_text(" ".join(words))
    folder = tmp_path / "out"
    asked = ["takeout", testimony, "--claim-code-file", str(code)]
    taken = served.json(*asked, "--to", str(folder))
    [recording] = [each for each in taken["files"] if each.startswith("recording.")]
    assert loudest(folder / recording) > 0.05
    assert TITLE in (folder / "description.json").read_text()


def test_a_tablet_that_stops_playing_says_so(walk):
    walk.open().tell()
    hear(walk)
    walk.page.evaluate(
        "void document.querySelector('[data-hear=audio]').dispatchEvent(new Event('error'))"
    )
    walk.page.wait_for_selector("[data-says=after]:not(:empty)")
    walk.do("erase", "drop")
    walk.do("drop", "k0")
    assert traces_after(walk) == []
