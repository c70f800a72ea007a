"""What dies, and at which step: afterwards it arrives once, and whole.

`RESGUARDO_CRASHES=1` goes through the whole table so many times; `-rP` shows what was
lost. A power cut is the browser frozen, its profile copied as it stands, and the copy
started: what the disk itself holds back is not in it.
"""

import base64
import os
import random
import shutil
import signal
import sys
import time
from contextlib import closing

import pytest

from archive.config import Settings
from archive.installation import Installation
from archive.models.testimony import Testimony
from consent.actors import Narrator
from consent.parts import Part
from storage.archive_identity import identity_file
from tests.archive.killing import house_at
from tests.journeys.conftest import PASSPHRASE
from tests.journeys.kiosk_walk import Walk
from tests.journeys.wire import Wire
from tests.kiosk.conftest import Tablet
from transcription.decoding import decode
from transcription.samples import SAMPLE_RATE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]

STEPS = ("recording", "stopped", "saving", "uploading", "deposit", "answer")
DYING = ("browser", "power", "server", "network")
ROUNDS = int(os.environ.get("RESGUARDO_CRASHES", "0"))
# What the tests of the engine do not kill already.
CHOSEN = [
    ("recording", "power"),
    ("recording", "network"),
    ("stopped", "browser"),
    ("saving", "power"),
    ("uploading", "server"),
    ("deposit", "browser"),
    ("answer", "network"),
]
WHOLE = [(step, dying) for step in STEPS for dying in DYING]
SEALED = "age-encryption.org/v1\n->"
PIECES, LONGEST = 2, 14
# Of some 15 kB; how long saving takes; and how long the recorder gathers.
PART, SAVING, PIECE = 4000, 1.0, 1.0
# Tells of each piece when the worker has answered that it is durable, and by the clock
# of this machine when the recorder began and ended.
WATCH = """
window.MediaRecorder = class extends MediaRecorder {
  constructor(...given) {
    super(...given);
    for (const each of ["start", "stop"]) this.addEventListener(each, () => clocked(each, Date.now() / 1000));
  }
};
window.Worker = class extends Worker {
  #writes = new Map();
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (this.#writes.has(data.number) && !data.code) durable(this.#writes.get(data.number));
    });
  }
  postMessage(asked, ...given) {
    if (asked.call === "write") this.#writes.set(asked.number, btoa(String.fromCharCode(...asked.given[0])));
    super.postMessage(asked, ...given);
  }
};
"""


class KioskTablet(Tablet):
    """A tablet at the kiosk's first screen, which knows what it has made durable."""

    def __init__(self, driver, profile, wire) -> None:
        super().__init__(driver, profile, wire)
        self.durable = []
        self.clock = {}

    def reload(self, page):
        page.context.expose_binding("clocked", lambda _, *at: self.clock.update([at]))
        page.context.expose_binding(
            "durable", lambda _, piece: self.durable.append(base64.b64decode(piece))
        )
        page.add_init_script(WATCH)
        return Walk(page).open(f"{self.other_side.url}/kiosk/es")

    def lose_power(self):
        """Go on, later, with the profile as it stands in this very moment."""
        copy = self.profile.with_name(f"{self.profile.name}-copy")
        self.signal(signal.SIGSTOP)
        locks = shutil.ignore_patterns("Singleton*")
        shutil.copytree(self.profile, copy, symlinks=True, ignore=locks)
        self.kill()
        shutil.rmtree(self.profile)
        self.profile = copy


class Crash:
    """One walk to a step where something dies, and on from there."""

    def __init__(self, archive, house, tablet) -> None:
        self.archive, self.house, self.tablet = archive, house, tablet
        self.wire = tablet.other_side
        self.before = set(self.testimonies())
        self.walk = tablet.start()

    def testimonies(self):
        with self.house.database.reading() as session:
            return {
                row.testimony_id: row.narrator_id for row in session.query(Testimony)
            }

    def go_to(self, step):
        """Walk until this step is under way."""
        self.walk.begin()
        self.walk.do("record", "k4")
        # In the whole table, also past what fills a chunk of its own: ten seconds.
        longest = LONGEST if ROUNDS and step == "recording" else PIECES
        pieces = random.randint(PIECES, longest)
        while len(self.tablet.durable) < pieces:
            self.walk.page.wait_for_timeout(50)
        if step == "recording":
            self.walk.page.wait_for_timeout(random.uniform(0, PIECE) * 1000)
            return
        self.walk.do("stop", "k5")
        if step == "stopped":
            return
        self.walk.choose()
        if step == "saving":
            self.walk.do("save")
            self.walk.page.wait_for_timeout(random.uniform(0, SAVING) * 1000)
            return
        self.wire.hold(step, PART)
        self.walk.save()
        while not self.wire.reached.is_set():
            self.walk.page.wait_for_timeout(20)

    def die(self, dying):
        self.tablet.clock["died"] = time.time()
        match dying:
            case "browser":
                self.tablet.kill()
            case "power":
                self.tablet.lose_power()
            case "server":
                self.archive.stop(signal.SIGKILL)
            case "network":
                self.wire.cut()
        if dying != "network":
            self.wire.mend()

    def go_on(self, step, dying):
        """Whoever is still there goes on; then what died comes back."""
        if dying in {"browser", "power"}:
            self.walk = self.tablet.start()
            cut = self.walk.page.locator("[data-cut]").is_visible()
            # While it saves, both may be.
            assert step == "saving" or cut == (step in {"recording", "stopped"})
            if cut:
                self.walk.go("cut")
                self.walk.do("keep-cut", "k8")
                assert len(self.walk.words()) == 7
            return
        if step == "recording":
            self.walk.page.wait_for_timeout(1000)
            self.walk.do("stop", "k5")
        if step in {"recording", "stopped"}:
            self.walk.choose()
            self.walk.do("save")
        self.walk.wait("k8")
        assert len(self.walk.words()) == 7
        if dying == "server":
            self.archive.start("--no-worker")
        self.wire.mend()

    def arrived(self):
        """Wait until nothing waits here; return the one story that came, in the clear."""
        for _ in range(240):
            if SEALED not in self.walk.stores():
                break
            self.walk.page.wait_for_timeout(250)
        told = self.testimonies()
        [testimony_id] = told.keys() - self.before
        actor = Narrator(told[testimony_id])
        return self.house.gate.whole(actor, testimony_id, Part.ORIGINAL)


@pytest.fixture(scope="module")
def house(archive):
    settings = Settings(data=archive.data, cooling_off_hours=0)
    identity = Installation(settings).keys.unlock(PASSPHRASE)
    with closing(house_at(archive.data, identity_file(identity).decode())) as found:
        yield found


@pytest.fixture
def crash(archive, house, driver, tmp_path):
    wire = Wire(archive.port)
    tablet = KioskTablet(driver, tmp_path / "profile", wire)
    try:
        yield Crash(archive, house, tablet)
    finally:
        tablet.close()
        wire.close()
        if not archive.running:
            archive.start("--no-worker")


def seconds_of(recording, path):
    path.write_bytes(recording)
    with path.open("rb") as file:
        return sum(len(each.samples) for each in decode(file)) / SAMPLE_RATE


@pytest.mark.parametrize("turn", range(max(ROUNDS, 1)))
@pytest.mark.parametrize(("step", "dying"), WHOLE if ROUNDS else CHOSEN)
def test_whatever_dies_it_arrives_once_and_whole(crash, tmp_path, step, dying, turn):
    crash.go_to(step)
    crash.die(dying)
    crash.go_on(step, dying)
    arrived = crash.arrived()
    durable = b"".join(crash.tablet.durable)
    # Cut off while it records: all that was durable, and perhaps what became so since.
    assert arrived.startswith(durable)
    if step != "recording" or dying in {"server", "network"}:
        assert arrived == durable
    heard = seconds_of(arrived, tmp_path / "arrived")
    clock = crash.tablet.clock
    told = clock.get("stop", clock["died"]) - clock["start"]
    figures = f"{told:.2f} | {heard:.2f} | {told - heard:.2f}"
    sys.stdout.write(f"{step} | {dying} | {figures}\n")
