"""The kiosk in a real browser: how soon it can be used, what sealing and sending cost.

    python -m benchmarks.kiosk [--megabits 5] [--minutes 60]

From "save" to taken in, over a link of so many Mbit/s, for a recording of so many
minutes at 48 kbit/s; beside it the time that the link alone needs for its bytes. Memory
is that of all of the browser's processes (proportional set size), while two hours are
written second by second, as fast as they are taken.
"""

import argparse
import contextlib
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from benchmarks.machine import describe
from benchmarks.served import build, free_port, resguardo

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

_BYTES_A_SECOND = 6000
_BITS = 8
_HOURS = 2
_OPEN = """async () => {
  const { Sealing } = await import("/static/js/kiosk/sealing.js");
  const { Queue } = await import("/static/js/kiosk/queue.js");
  const archive = await (await fetch("/kiosk/archive.json")).json();
  const lists = await Promise.all(["es", "en"].map(async (each) =>
    (await (await fetch(`/kiosk/words/${each}.txt`)).text()).trim().split(/\\s+/)));
  const words = { es: lists[0], en: lists[1] };
  window.sealing = await Sealing.open({ ...archive, words });
  window.queue = new Queue({ uploads: "/uploads", deposits: "/kiosk/deposits" });
  window.second = () => crypto.getRandomValues(new Uint8Array(6000));
}"""
_MINUTE = """async () => {
  for (let n = 0; n < 60; n += 1) await sealing.write(second());
}"""
_RECORD = """async (seconds) => {
  await sealing.begin("es");
  for (let n = 0; n < seconds; n += 1) await sealing.write(second());
  await sealing.finish("audio/webm");
}"""
_SAVE = """async () => {
  const began = performance.now();
  await sealing.save({ audience: "me", transcription: false, language: "es" });
  queue.start();
  for (const { id } of await queue.rows()) await queue.sent(id);
  return (performance.now() - began) / 1000;
}"""


def throttled(page: "Page", megabits: float) -> "CDPSession":
    """Let a page send and receive so many Mbit/s."""
    session = page.context.new_cdp_session(page)
    rate = megabits * 1_000_000 / _BITS
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": rate,
            "uploadThroughput": rate,
        },
    )
    return session


def usable(page: "Page", address: str) -> float:
    """Return the seconds until a first visitor has gone on from the first screen."""
    began = time.perf_counter()
    page.goto(f"{address}/kiosk/es")
    page.click("[data-screen=k0] .bar .strong")
    page.wait_for_selector("[data-screen=k1]:not([hidden])")
    return time.perf_counter() - began


def megabytes(profile: Path) -> float:
    """Return the proportional set size of a browser's processes."""
    mine, total = f"--user-data-dir={profile}".encode(), 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mine in (process / "cmdline").read_bytes():
                told = (process / "smaps_rollup").read_text()
                found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
                total += int(found[1]) if found else 0
    return total / 1000


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabits", type=float, default=5)
    parser.add_argument("--minutes", type=int, default=60)
    asked = parser.parse_args()
    print(describe("playwright"))
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        build(folder, 1000)
        with resguardo(folder, port), sync_playwright() as driver:
            profile = folder / "profile"
            context = driver.chromium.launch_persistent_context(
                str(profile), executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            measure(context.pages[0], profile, f"http://127.0.0.1:{port}", asked)
            context.close()


def measure(
    page: "Page", profile: Path, address: str, asked: argparse.Namespace
) -> None:
    """Print each figure."""
    limited = throttled(page, asked.megabits)
    waited = usable(page, address)
    print(f"first screen used after {waited:.1f} s at {asked.megabits} Mbit/s")
    page.evaluate(_OPEN)
    page.evaluate(_RECORD, asked.minutes * 60)
    taken = page.evaluate(_SAVE)
    alone = asked.minutes * 60 * _BYTES_A_SECOND * _BITS / (asked.megabits * 1_000_000)
    print(
        f"{asked.minutes} min from save to taken in {taken:.1f} s, the link alone "
        f"{alone:.1f} s, ratio {taken / alone:.2f}"
    )
    limited.detach()
    before = megabytes(profile)
    page.evaluate("sealing.begin('es')")
    began, most = time.perf_counter(), before
    for _ in range(_HOURS * 60):
        page.evaluate(_MINUTE)
        most = max(most, megabytes(profile))
    spent = time.perf_counter() - began
    print(
        f"{_HOURS} h recorded: memory {before:.0f} MB before, at most {most:.0f} MB; "
        f"sealing takes {100 * spent / (_HOURS * 3600):.1f} % of the time of speaking"
    )


if __name__ == "__main__":
    main()
