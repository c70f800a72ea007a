"""The kiosk in a real browser: how soon it can be used, what sealing and sending cost.

    python -m benchmarks.kiosk [--megabits 5] [--round-trip 40] [--minutes 60]
                               [--hours 2] [--real 5] [--only PART ...]

Its own screens are walked through, over a link of so many Mbit/s. Parts:

- screen: until a visitor has gone on from the first screen, with the processor as it is
  and four times slower (the page's thread alone), at a first visit and at a later one.
- sending: from the touch on "save" until the archive has answered that it took it in,
  for so many minutes of voice; beside it, of the same size over the same link to the
  same archive, curl in one piece and tus-js-client as it comes.
- memory: while so many hours of voice are recorded as fast as they are taken: pieces
  come from a recorder that does not wait a second for each; the kiosk's recorder.js,
  its worker and its disk do all the rest. MediaRecorder itself is not in it.
- real: so many minutes in real time, with the browser's recorder and microphone; the
  slope of its memory says little below twenty minutes.

Memory is that of all of the browser's processes (proportional set size).
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserType, Page, sync_playwright

from benchmarks.browser_memory import Watched
from benchmarks.machine import describe
from benchmarks.served import build, free_port, resguardo
from benchmarks.slow_link import SlowLink, slow_link
from tests.journeys.conftest import CHROMIUM
from tests.journeys.kiosk_walk import Walk

_BYTES_A_SECOND = 6000
_PATH = "/usr/bin/chromium"
_HEADER = b"age-encryption.org/v1\n"
_SLOWER = (1, 4)
# Gives the next second's bytes when the last were taken, and not a second later.
_HASTY = """
window.fed = 0;
window.MediaRecorder = class extends EventTarget {
  static isTypeSupported() { return true; }
  state = "inactive";
  constructor(_stream, { mimeType }) { super(); this.mimeType = mimeType; }
  start() { this.state = "recording"; this.#give(); }
  stop() { this.state = "inactive"; this.dispatchEvent(new Event("stop")); }
  #give() {
    const arrayBuffer = async () => {
      window.fed += 1;
      if (window.fed < SECONDS) queueMicrotask(() => this.#give());
      return crypto.getRandomValues(new Uint8Array(SIZE)).buffer;
    };
    const data = { size: SIZE, arrayBuffer };
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data }));
  }
};
"""
_PEER = (
    Path(__file__).parents[1] / "tests/node/node_modules/tus-js-client/dist/tus.min.js"
)
_TUS = """async (size) => {
  const { Upload } = globalThis.tus;
  const parts = [new TextEncoder().encode("age-encryption.org/v1\\n")];
  for (let left = size - parts[0].length; left > 0; left -= 65536)
    parts.push(crypto.getRandomValues(new Uint8Array(Math.min(left, 65536))));
  const began = performance.now();
  await new Promise((onSuccess, onError) => {
    new Upload(new Blob(parts), { endpoint: "/uploads", onSuccess, onError }).start();
  });
  return (performance.now() - began) / 1000;
}"""


def main() -> None:
    """Measure, and print what was found."""
    parts = {"screen": screen, "sending": sending, "memory": memory, "real": real}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabits", type=float, default=5)
    parser.add_argument("--round-trip", type=float, default=40, help="milliseconds")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--real", type=float, default=5)
    parser.add_argument("--only", choices=parts, nargs="*", default=list(parts))
    asked = parser.parse_args()
    print(describe("playwright"))
    print(f"link: {asked.megabits} Mbit/s each way, round trip {asked.round_trip} ms")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        build(folder, 1000)
        with (
            resguardo(folder, port),
            slow_link(port, asked.megabits, asked.round_trip / 1000) as link,
            sync_playwright() as driver,
        ):
            for each in asked.only:
                parts[each](driver.chromium, link, asked)


def screen(chromium: BrowserType, link: SlowLink, _asked: argparse.Namespace) -> None:
    """Print how soon the first screen can be used."""
    for slower in _SLOWER:
        with tablet(chromium, link) as (page, _watched):
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            before = link.down.bytes
            first = usable(page)
            fetched = link.down.bytes - before
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            later = usable(page)
        print(
            f"screen: processor slowed by {slower}: first visit {first:.2f} s "
            f"({fetched / 1000:.0f} kB came, for which the link alone takes "
            f"{fetched / link.down.rate:.2f} s), later {later:.2f} s"
        )


def usable(page: Page) -> float:
    """Return the seconds until a visitor has gone on from the first screen."""
    began = time.perf_counter()
    page.goto("/kiosk/es")
    page.click("[data-screen=k0] [data-do=begin]")
    page.wait_for_selector("body[data-at=k1]")
    return time.perf_counter() - began


def sending(chromium: BrowserType, link: SlowLink, asked: argparse.Namespace) -> None:
    """Print how long it takes from "save" until it is taken in, and peers beside it."""
    with tablet(chromium, link, asked.minutes * 60) as (page, watched):
        sizes = []
        page.on(
            "request",
            lambda each: sizes.append(int(each.headers.get("upload-length", 0))),
        )
        walk = begun(page, watched)
        fed(page, asked.minutes * 60, watched)
        walk.do("stop", "k5")
        walk.choose()
        began, before = time.perf_counter(), link.up.bytes
        with page.expect_response("**/kiosk/deposits", timeout=0) as answer:
            walk.do("save", "k8")
            shown = time.perf_counter() - began
        took = time.perf_counter() - began
        assert answer.value.status == 201
        size, sent = max(sizes), link.up.bytes - before
        alone = link.alone(size)
        print(
            f"sending: {asked.minutes:g} min, {size / 1e6:.2f} MB sealed, link alone "
            f"{alone:.2f} s; words shown after {shown:.2f} s; {sent / 1e6:.2f} MB sent"
        )
        print(f"sending: save to taken in {took:.2f} s, ratio {took / alone:.3f}")
        # By the debugger: the page's own rules let no other script in.
        page.evaluate(_PEER.read_text("utf-8"))
        took = page.evaluate(_TUS, size)
        print(f"sending: peer tus-js-client {took:.2f} s, ratio {took / alone:.3f}")
    took = curl(f"http://127.0.0.1:{link.port}/uploads", size)
    print(f"sending: peer curl {took:.2f} s, ratio {took / alone:.3f}")


def curl(uploads: str, size: int) -> float:
    """Return the seconds that curl takes to upload so many bytes, in one piece."""
    body = _HEADER + os.urandom(size - len(_HEADER))
    tus = ["curl", "-sSf", "-o", "/dev/null", "-H", "Tus-Resumable: 1.0.0"]
    create = ["-X", "POST", "-H", f"Upload-Length: {size}", "-w", "%header{location}"]
    send = ["-X", "PATCH", "-T", "-", "-H", "Transfer-Encoding:", "-H", "Expect:"]
    for each in (
        f"Content-Length: {size}",
        "Content-Type: application/offset+octet-stream",
        "Upload-Offset: 0",
    ):
        send += ["-H", each]
    began = time.perf_counter()
    made = subprocess.run(
        [*tus, *create, uploads], capture_output=True, check=True, text=True
    )
    where = f"{uploads}/{made.stdout.strip().rpartition('/')[2]}"
    subprocess.run([*tus, *send, where], input=body, check=True)
    return time.perf_counter() - began


def memory(chromium: BrowserType, link: SlowLink, asked: argparse.Namespace) -> None:
    """Print what the browser takes while hours are recorded, as fast as it can."""
    seconds = asked.hours * 3600
    with tablet(chromium, link, seconds) as (page, watched):
        walk = begun(page, watched)
        began = time.perf_counter()
        fed(page, seconds, watched)
        spent = time.perf_counter() - began
        (_, before), recording = watched.taken[0], watched.most()
        walk.do("stop", "k5")
        tenths, after = watched.tenths(), watched.look()
    print(
        f"memory: {asked.hours:g} h recorded in {spent:.0f} s: {before:.0f} MB before, "
        f"at most {recording:.0f} MB, by tenths of it {tenths}, {after:.0f} MB when "
        f"closed; "
        f"{spent / seconds:.2%} of the time of speaking"
    )


def real(chromium: BrowserType, link: SlowLink, asked: argparse.Namespace) -> None:
    """Print what the browser takes while it records in real time."""
    with tablet(chromium, link) as (page, watched):
        walk = begun(page, watched)
        end, processor = time.monotonic() + asked.real * 60, watched.processor()
        while time.monotonic() < end:
            page.wait_for_timeout(2000)
            watched.look()
        processor = watched.processor() - processor
        (_, before), recording = watched.taken[0], watched.most()
        told = page.inner_text("[data-clock]")
        walk.do("stop", "k5")
    share = processor / (asked.real * 60)
    print(
        f"real: {told} recorded in real time: {before:.0f} MB before, at most "
        f"{recording:.0f} MB, {watched.growth():+.0f} MB an hour in the later half; "
        f"by tenths of it {watched.tenths()}; {share:.1%} of one processor"
    )


@contextmanager
def tablet(
    chromium: BrowserType, link: SlowLink, hasty: float = 0
) -> Iterator[tuple[Page, Watched]]:
    """A browser with a fresh profile; its recorder gives `hasty` seconds at once."""
    with tempfile.TemporaryDirectory() as name:
        context = chromium.launch_persistent_context(
            name,
            executable_path=_PATH,
            args=list(CHROMIUM),
            base_url=f"http://127.0.0.1:{link.port}",
            permissions=["microphone"],
        )
        if hasty:
            script = _HASTY.replace("SECONDS", str(int(hasty)))
            context.add_init_script(script.replace("SIZE", str(_BYTES_A_SECOND)))
        try:
            yield context.pages[0], Watched(Path(name))
        finally:
            context.close()


def begun(page: Page, watched: Watched) -> Walk:
    """Walk to where it records."""
    walk = Walk(page)
    walk.open().begin()
    watched.look()
    walk.do("record", "k4")
    return walk


def fed(page: Page, seconds: float, watched: Watched) -> None:
    """Wait until so many seconds were taken, as fast as they can be."""
    while page.evaluate("window.fed") < int(seconds):
        page.wait_for_timeout(500)
        watched.look()


if __name__ == "__main__":
    main()
