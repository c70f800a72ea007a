"""Tablets on a local network: the certificate comes over http, all else over https."""

import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from archive.local_tls import fingerprint
from tests.conftest import need
from tests.journeys.conftest import CHROMIUM, Served


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """An archive that serves https to whoever trusts its authority, and a setup page."""
    served = Served(tmp_path_factory.mktemp("secured"))
    served.run("init")
    told = served.json("kiosk-setup", "--host", "127.0.0.1", "--host", "localhost")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        served.setup = f"http://127.0.0.1:{free.getsockname()[1]}"
    served.url = f"https://127.0.0.1:{served.port}"
    served.fingerprint = told["fingerprint"]
    command = served.command(
        *("serve", "--port", str(served.port), "--tls", "--no-worker"),
        *("--setup-port", served.setup.rsplit(":", 1)[1]),
    )
    with served.log.open("ab") as log:
        served._server = subprocess.Popen(
            command,
            env=served.environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    for _ in range(300):
        try:
            authority = fetch(served.setup + "/resguardo-ca.crt").body
            served.context = ssl.create_default_context(cadata=authority)
            fetch(served.url + "/readyz", served.context)
        except OSError:
            time.sleep(0.2)
        else:
            served.authority = authority
            break
    yield served
    served.stop(signal.SIGKILL)


def fetch(url, context=None):
    with urllib.request.urlopen(url, timeout=10, context=context) as answer:
        answer.body = answer.read()
        return answer


def test_https_and_nothing_else_is_served(secured):
    answer = fetch(secured.url + "/kiosk", secured.context)

    assert answer.status == 200
    # It would shut the plain setup page of the same name.
    assert "Strict-Transport-Security" not in answer.headers
    assert fingerprint(secured.authority) == secured.fingerprint
    for context in (ssl.create_default_context(), None):
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            fetch(secured.url + "/kiosk", context)
    with pytest.raises((urllib.error.URLError, OSError)):
        fetch(f"http://127.0.0.1:{secured.port}/kiosk")
    with pytest.raises(urllib.error.HTTPError, match="404") as missing:
        fetch(secured.setup + "/mine/enter")
    missing.value.close()


def test_cookies_are_secure(secured):
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=secured.context), Stay
    )
    with pytest.raises(urllib.error.HTTPError, match="303") as moved:
        opener.open(secured.url + "/language/en", timeout=10)
    moved.value.close()
    assert "; Secure" in moved.value.headers["Set-Cookie"]


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.mark.browser
def test_chromium_records_once_the_certificate_is_installed(secured, tmp_path, driver):
    """As a tablet sees it: first a warning, then a secure context with a microphone."""
    path = need("chromium", "apt-get install chromium")
    certutil = need("certutil", "apt-get install libnss3-tools")
    playwright = pytest.importorskip("playwright.sync_api")
    home = tmp_path / "home"
    store = home / ".pki/nssdb"
    store.mkdir(parents=True)
    # Made before Chromium makes it: `certutil -N` asks for a password of what exists.
    made = [certutil, "-d", f"sql:{store}", "-N", "--empty-password"]
    subprocess.run(made, check=True, timeout=60)
    given = tmp_path / "resguardo-ca.crt"
    given.write_bytes(secured.authority)

    def looked(driver, name):
        with closing(
            driver.chromium.launch(
                executable_path=path,
                args=list(CHROMIUM),
                env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            )
        ) as browser:
            page = browser.new_page()
            page.goto(f"https://{name}:{secured.port}/kiosk")
            return page.evaluate("[isSecureContext, !!navigator.mediaDevices]")

    with pytest.raises(playwright.Error, match="ERR_CERT_AUTHORITY_INVALID"):
        looked(driver, "127.0.0.1")
    added = ["-A", "-t", "C,,", "-n", "Resguardo", "-i", str(given)]
    subprocess.run([certutil, "-d", f"sql:{store}", *added], check=True, timeout=60)
    for name in ("127.0.0.1", "localhost"):
        assert looked(driver, name) == [True, True]


def test_a_new_authority_is_taken_up_without_a_new_start(secured):
    before = secured.authority
    secured.json("kiosk-setup", "--new")

    authority = fetch(secured.setup + "/resguardo-ca.crt").body
    assert authority != before
    # For the tests that come after this one, in whatever order.
    secured.authority, secured.fingerprint = authority, fingerprint(authority)
    secured.context = ssl.create_default_context(cadata=authority)
    assert fetch(secured.url + "/kiosk", secured.context).status == 200
