"""A served archive and a real browser; processes of their own, as an operator runs them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import need
from tests.journeys.kiosk_walk import PHONE, Walk

PASSPHRASE = "a passphrase for tests"
CHROMIUM = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


class Served:
    """An archive in a folder, driven by its command line alone."""

    def __init__(self, folder) -> None:
        self.data = folder / "var"
        self.log = folder / "log"
        self._passphrase = folder / "passphrase"
        self._passphrase.write_text(PASSPHRASE + "\n")
        self._passphrase.chmod(0o600)
        self._server = None
        self.within, self.trusted, self.code = (), None, None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def environ(self):
        return {
            **os.environ,
            "RESGUARDO_PASSPHRASE_FILE": str(self._passphrase),
            "RESGUARDO_COOLING_OFF_HOURS": "0",
            "HF_HUB_OFFLINE": "1",
            **({"PYTHONPATH": str(self.code)} if self.code else {}),
        }

    def command(self, *words):
        return [sys.executable, "-m", "archive.cli", "--data", str(self.data), *words]

    def run(self, *words, status=0):
        done = subprocess.run(
            self.command("--json", *words),
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        with self.log.open("a") as log:
            log.write(done.stderr)
        assert done.returncode == status, done.stderr
        return done

    def json(self, *words):
        return json.loads(self.run(*words).stdout.splitlines()[-1])

    def start(self, *flags):
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [
                    *self.within,
                    *self.command("serve", "--port", str(self.port), *flags),
                ],
                env=self.environ,
                cwd=self.code,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(300):
            try:
                ready = self.url + "/readyz"
                with urllib.request.urlopen(ready, timeout=1, context=self.trusted):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    @property
    def root(self):
        """Return the disk as the server sees it, `within` a place of its own."""
        return Path(f"/proc/{self._server.pid}/root")

    def resident_megabytes(self):
        """Return the peak memory of the server and its processes."""
        group = os.getpgid(self._server.pid)
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.getpgid(int(process.name)) != group:
                    continue
                status = (process / "status").read_text()
            except OSError:
                continue
            found += [int(n) / 1000 for n in re.findall(r"VmHWM:\s+(\d+)", status)]
        return found

    @property
    def running(self):
        return self._server is not None

    def stop(self, how=signal.SIGTERM):
        if self._server is not None:
            os.killpg(self._server.pid, how)
            self._server.wait(20)
            self._server = None


@pytest.fixture
def served(tmp_path):
    found = Served(tmp_path)
    found.run("init")
    yield found
    found.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """One archive for all walks of a module: each leaves a testimony or none."""
    found = Served(tmp_path_factory.mktemp("kiosk"))
    found.run("init")
    found.start("--no-worker")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def chromium(driver):
    path = need("chromium", "apt-get install chromium")
    browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM))
    yield browser
    browser.close()


@contextmanager
def phone_at(chromium, archive, *permissions):
    """A browser's profile of its own, as large as a phone and in Spanish."""
    found = chromium.new_context(
        viewport=PHONE,
        locale="es-MX",
        base_url=archive.url,
        permissions=permissions,
    )
    yield found
    found.close()


@pytest.fixture
def context(chromium, archive):
    with phone_at(chromium, archive, "microphone", "camera") as found:
        yield found


@pytest.fixture
def own(served, chromium):
    """A browser for an archive of its own, which a test may harm."""
    with phone_at(chromium, served, "microphone") as found:
        yield found


@pytest.fixture
def walk(context):
    found = Walk(context.new_page())
    yield found
    assert found.problems == []


def words_in(page):
    return re.sub(r"\s+", " ", page.inner_text("main"))
