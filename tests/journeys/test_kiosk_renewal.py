"""What is renewed while a story waits on the tablet: the kiosk itself, a certificate."""

import shutil
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.local_tls import LocalTLS
from tests.conftest import need
from tests.journeys.conftest import CHROMIUM
from tests.journeys.kiosk_walk import PHONE, Walk, taken_in, wait_for_them

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("kiosk")]
ROOT = Path(__file__).parents[2]
CODE = ("archive", "consent", "storage", "templates", "transcription")
WAITS = "Está a salvo aquí y se envía sola. No tiene que esperar."
VERSION = "import('/static/js/kiosk/offline.js').then((each) => each.version())"
RENEWED = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/kiosk");
  await registration.update();
  return Boolean(registration.waiting);
}"""


def kept_offline(walk):
    """Open the kiosk, with what goes on without a network in force."""
    walk.open()
    walk.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return walk.open()


def test_a_new_version_waits_until_nobody_is_midway(served, own, tmp_path):
    """Also while a story waits to be sent, which it loses nothing of."""
    served.code = tmp_path / "code"
    for each in CODE:
        shutil.copytree(ROOT / each, served.code / each)
    served.start("--no-worker")
    walk = kept_offline(Walk(own.new_page()))
    before = walk.page.evaluate(VERSION)
    assert before
    walk.page.route("**/uploads", lambda route: route.abort())
    walk.begin()
    walk.do("record", "k4")
    served.stop()
    with (served.code / "archive/static/css/kiosk.css").open("a") as sheet:
        sheet.write("/* newer */\n")
    served.start("--no-worker")
    walk.page.wait_for_function(RENEWED)
    walk.do("stop", "k5")
    walk.choose()
    walk.confirm(walk.save())
    assert walk.page.evaluate(VERSION) == before
    walk.do("finish")
    walk.page.wait_for_function(f"async () => await {VERSION} !== '{before}'")
    walk.page.wait_for_selector("body[data-at=k0] [data-mine][href^=http]")
    walk.do("tablet", "tablet")
    assert walk.said("tablet").startswith("1 ")
    walk.page.unroute("**/uploads")
    walk.do("send")
    wait_for_them(walk.page, served, 1)


class InItsPlace(BaseHTTPRequestHandler):
    """What a proxy says of an archive that does not answer, or of who may pass."""

    status = 502

    def do_GET(self):
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Sign in</title>")

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_):
        """Say nothing."""


def test_who_answers_in_the_archives_place_spoils_nothing(served, own, monkeypatch):
    """It is as without a network; what was kept of the archive stays."""
    served.start("--no-worker")
    walk = kept_offline(Walk(own.new_page()))
    served.stop()
    with ThreadingHTTPServer(("127.0.0.1", served.port), InItsPlace) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        walk.told("/kiosk")
        walk.wait_until_said("done", WAITS)
        monkeypatch.setattr(InItsPlace, "status", 200)
        walk.finish()
        walk.open("/kiosk")
        proxy.shutdown()
    walk.open("/kiosk")
    served.start("--no-worker")
    walk.open("/kiosk")
    wait_for_them(walk.page, served, 1)


@pytest.fixture
def secured(served):
    """An archive with a certificate of its own that ended, and one that did not."""
    tls, now = LocalTLS(served.data), datetime.now(UTC)
    tls.make(["127.0.0.1"], 2, now - timedelta(days=2, hours=1))
    served.ended = tls.server.read_bytes()
    assert tls.standing().until < now
    served.run("kiosk-setup")
    served.trusted = ssl.create_default_context(cadata=tls.authority)
    served.url = served.url.replace("http:", "https:")
    served.tls = tls
    served.start("--no-worker", "--tls")
    return served


def test_a_certificate_that_ended_is_waited_for(secured, driver, tmp_path):
    certutil = need("certutil", "apt-get install libnss3-tools")
    store, given = tmp_path / "home/.pki/nssdb", tmp_path / "authority.crt"
    store.mkdir(parents=True)
    given.write_bytes(secured.tls.authority)
    made = [certutil, "-d", f"sql:{store}"]
    subprocess.run([*made, "-N", "--empty-password"], check=True, timeout=60)
    added = ["-A", "-t", "C,,", "-n", "Resguardo", "-i", str(given)]
    subprocess.run([*made, *added], check=True, timeout=60)
    browser = driver.chromium.launch(
        executable_path=need("chromium", "apt-get install chromium"),
        args=list(CHROMIUM),
        env={"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
    )
    context = browser.new_context(
        viewport=PHONE, base_url=secured.url, permissions=["microphone"]
    )
    walk = kept_offline(Walk(context.new_page()))

    secured.tls.server.write_bytes(secured.ended)
    failed = []
    context.on("requestfailed", lambda each: failed.append(each.failure))
    walk.told()
    walk.wait_until_said("done", WAITS)
    assert "net::ERR_CERT_DATE_INVALID" in failed
    walk.finish()
    assert taken_in(secured) == 0

    secured.run("kiosk-setup")
    walk.open("/kiosk")
    wait_for_them(walk.page, secured, 1)
    browser.close()
