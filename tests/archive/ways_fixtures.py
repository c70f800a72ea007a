"""What the walks of all ways out share: the archives with canaries, open and served."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from archive import claims, strongroom
from archive.app import create_app
from archive.throttle import Throttle
from archive.web.wiring import Wiring
from tests.archive.ways_world import copied, opened, plant
from tests.conftest import PASSPHRASE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def _quick_codes():
    """Codes are stretched to keep guessers out; here everything is known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "_SCRYPT_N", 16)
        patch.setattr(strongroom, "_AFTER_A_WRONG_ONE", 0)
        yield


@pytest.fixture(scope="module")
def planted(_made, archive_identity, tmp_path_factory):
    return plant(_made, archive_identity, tmp_path_factory.mktemp("ways"))


@pytest.fixture
def world(planted, tmp_path):
    return copied(planted, tmp_path)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Whoever asks thousands of times is slowed down; that is tried elsewhere."""
    monkeypatch.setattr(Throttle, "count", lambda *_: None)


@pytest.fixture
def houses(world):
    with (
        opened(world.full, world.identity) as full,
        opened(world.bare, world.identity) as bare,
    ):
        yield full, bare


@pytest.fixture
def sides(houses):
    return [
        (create_app(Wiring(house.installation.settings, house)), house)
        for house in houses
    ]


def some(table, *names):
    return {name: table[name] for name in names}


class Served:
    """The archive served in processes of its own; all that they say goes to a file."""

    def __init__(self, data, folder):
        passphrase = folder / "passphrase"
        passphrase.write_text(PASSPHRASE)
        self._environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RESGUARDO_PASSPHRASE_FILE": str(passphrase),
            "RESGUARDO_COOLING_OFF_HOURS": "0",
        }
        self._command = [sys.executable, "-m", "archive.cli", "--data", str(data)]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._address = f"http://127.0.0.1:{port}"
        self._log = (folder / "log").open("wb")
        self._server = subprocess.Popen(
            [*self._command, "serve", "--no-worker", "--port", str(port)],
            env=self._environ,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.wait_until(b"ready\n")

    def wait_until(self, state):
        """Wait until the archive is `state`; the vault begins anew when it is locked."""
        for _ in range(300):
            try:
                if self.get("/readyz") == state:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(self._log.name)

    def get(self, path):
        try:
            with urllib.request.urlopen(self._address + path, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.read()

    def run(self, *words, tries=1):
        """Run a command; a vault that begins anew answers only after a moment."""
        done = subprocess.run(
            [*self._command, *words],
            env=self._environ,
            capture_output=True,
            timeout=120,
            check=False,
        )
        if done.returncode and tries > 1:
            time.sleep(0.5)
            return done.stderr + self.run(*words, tries=tries - 1)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def stop(self):
        os.killpg(self._server.pid, signal.SIGTERM)
        self._server.wait(30)
        self._log.close()
