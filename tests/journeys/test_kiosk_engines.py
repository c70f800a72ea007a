"""The kiosk in Firefox and WebKit: what a tone says there arrives, opens and sounds."""

import json
import subprocess

import numpy as np
import pytest

from tests.conftest import need
from tests.journeys.other_engines import EngineWalk, FirefoxPage, WebKitPage
from transcription.decoding import decode
from transcription.samples import SAMPLE_RATE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("kiosk"),
    # Selenium's own way to begin, of which it warns itself.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]
TITLE, PSEUDONYM = "El camino de vuelta", "Guadalupe Xochitl"
SEALED = "age-encryption.org/v1"
# Without sound: the machine that tests may have no loudspeaker.
HEARD = """new Promise((done) => {
  const element = document.querySelector("[data-hear=audio]");
  const tell = () => {
    if (element.ended || element.error) done([element.currentTime, element.error?.message ?? ""]);
  };
  for (const each of ["ended", "error"]) element.addEventListener(each, tell);
  tell();
})"""


@pytest.fixture
def firefox(tmp_path):
    page = FirefoxPage(tmp_path / "profile")
    try:
        yield page
        assert page.problems() == []
    finally:
        page.close()


@pytest.fixture(scope="module")
def display():
    """A screen that nobody sees."""
    path = need("Xvfb", "apt-get install xvfb")
    words = [path, "-displayfd", "1", "-screen", "0", "800x900x24"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture
def webkit(display):
    page = WebKitPage(display)
    yield page
    page.close()


@pytest.fixture(params=["firefox", "webkit"])
def walk(request, served):
    page = request.getfixturevalue(request.param)
    served.start("--no-worker")
    return EngineWalk(page, served.url)


def sound(path):
    """As the archive itself decodes it: WebKitGTK's last packet is always broken."""
    with path.open("rb") as file:
        return np.concatenate([block.samples for block in decode(file)])


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


def test_a_voice_told_waits_arrives_and_leaves_nothing(walk, served, tmp_path):
    walk.open()
    walk.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    walk.open()
    served.stop()
    walk.open("/kiosk").tell(3)
    heard = hear(walk)
    assert heard == pytest.approx(3, abs=1)
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
    arrived_sound = sound(folder / recording)
    assert np.abs(arrived_sound).max() > 0.05
    # A tone is all that their microphones say: that all of it came is what can be told.
    # A page's clock counts the third of a second before WebKitGTK's sound begins.
    assert len(arrived_sound) / SAMPLE_RATE == pytest.approx(heard, abs=0.5)
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


def test_a_browser_that_writes_no_sound_is_not_ready(firefox, served):
    firefox.before("MediaRecorder.isTypeSupported = () => false")
    served.start("--no-worker")
    firefox.goto(served.url + "/kiosk/es")
    walk = EngineWalk(firefox, served.url)
    walk.wait("unready")
    says = json.loads(firefox.evaluate("document.querySelector('#says').textContent"))
    assert walk.said("unready") == says["unready"]["browser"]
