"""A real browser, and the other side of what it asks."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from benchmarks.browser_memory import processes_of
from tests.conftest import need
from tests.journeys.conftest import CHROMIUM
from tests.kiosk.other_side import OtherSide

OPEN = """async (kiosk) => {
  const { Sealing } = await import("/static/js/kiosk/sealing.js");
  const { Queue } = await import("/static/js/kiosk/queue.js");
  window.sealing = await Sealing.open(kiosk);
  window.queue = new Queue({ uploads: "/uploads", deposits: "/kiosk/deposits", token: "kiosk-token" });
}"""
# Bytes that are found again: numbered, so that none is missing and none comes twice.
WRITE = """async ([marker, size]) => {
  const line = (n) => `${marker} ${String(n).padStart(9, "0")}\\n`;
  const each = line(0).length;
  for (let n = 0; n * each < size;) {
    let piece = "";
    for (; piece.length < 6000 && n * each < size; n += 1) piece += line(n);
    await sealing.write(new TextEncoder().encode(piece));
  }
}"""


def numbered(marker, size):
    lines = -(-size // (len(marker) + 11))
    return "".join(f"{marker} {n:09}\n" for n in range(lines)).encode()


@pytest.fixture
def other_side():
    found = OtherSide()
    yield found
    found.close()


class Tablet:
    """A browser with a profile on disk, which can be killed and started again."""

    def __init__(self, driver, profile: Path, other_side: OtherSide) -> None:
        self._driver = driver
        self.profile = profile
        self.other_side = other_side
        self.context = None

    def start(self):
        """Open the page with sealing and queue at hand."""
        self.context = self._driver.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=need("chromium", "apt-get install chromium"),
            args=list(CHROMIUM),
            permissions=["microphone"],
        )
        return self.reload(self.context.pages[0])

    def reload(self, page):
        """Open the page anew, or for the first time."""
        page.goto(self.other_side.url)
        page.evaluate(OPEN, self.other_side.kiosk)
        return page

    def kill(self):
        """Kill the browser's processes, as a power cut would."""
        self.signal(signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()
        for _ in range(100):
            if not processes_of(self.profile):
                break
            time.sleep(0.05)
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()

    def signal(self, number):
        """Send a signal to all of the browser's processes."""
        for process in processes_of(self.profile):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), number)

    def close(self):
        if self.context:
            with contextlib.suppress(Exception):
                self.context.close()


@pytest.fixture
def tablet(driver, tmp_path, other_side):
    found = Tablet(driver, tmp_path / "profile", other_side)
    yield found
    found.close()


@pytest.fixture(params=["files", "chunks"])
def page(request, tablet):
    """The page, with the origin's private file system and without."""
    tablet.other_side.without_files = request.param == "chunks"
    return tablet.start()
