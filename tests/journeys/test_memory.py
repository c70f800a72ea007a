"""Memory images: the vault alone holds keys, and none once it is locked."""

import os
import re
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from archive.config import Settings
from archive.installation import Installation
from storage.keyring_entries import unwrap_testimony_key
from tests.conftest import DATA
from tests.journeys.conftest import PASSPHRASE

pytestmark = pytest.mark.slow


def processes(group):
    """Return the processes of a group: command line by process id."""
    found = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(each.name)) == group:
                words = (each / "cmdline").read_bytes().split(b"\0")
                found[int(each.name)] = [word.decode() for word in words]
        except OSError:
            continue
    return found


def memory_image(process):
    """Return all that a process may write to; it needs the rights of root."""
    image = []
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            start, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if rights.startswith("rw") and "[v" not in line:
                try:
                    memory.seek(int(start, 16))
                    image.append(memory.read(int(end, 16) - int(start, 16)))
                except OSError:
                    continue
    return b"".join(image)


def holding(secrets, process):
    image = memory_image(process)
    return sorted(name for name, secret in secrets.items() if secret in image)


def test_only_the_vault_holds_keys_and_none_when_locked(served, tmp_path):
    served.start()
    receipt = served.json("deposit", str(DATA / "en.flac"), "--title", "Mi camino")
    code = tmp_path / "code"
    code.write_text(receipt["claim_code"])
    while served.json("status", receipt["testimony"])["state"] != "done":
        time.sleep(0.5)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    for _ in range(4):
        form = f"code={receipt['claim_code'].replace(' ', '+')}".encode()
        request = urllib.request.Request(
            served.url + "/mine/enter", form, {"Sec-Fetch-Site": "same-origin"}
        )
        page = opener.open(request, timeout=20).read().decode()
        sound = opener.open(f"{served.url}/media/{receipt['testimony']}/audio")
        assert len(sound.read()) > 10_000
    assert "Mi camino" in page
    keys = Installation(Settings(data=served.data)).keys
    identity = keys.unlock(PASSPHRASE)
    entry = keys.keyring.get(receipt["testimony"])
    testimony = unwrap_testimony_key(entry, identity)
    secrets = {
        "archive seed": identity[0].seed,
        "archive text": str(identity[0])[:40].encode(),
        "testimony seed": testimony.seed,
        "testimony text": str(testimony)[:40].encode(),
        "passphrase": PASSPHRASE.encode(),
    }
    running = processes(os.getpgid(served._server.pid))
    (vault,) = [p for p, words in running.items() if "vault" in words]
    # Where setproctitle is installed, gunicorn names its processes itself.
    web = [p for p, w in running.items() if "web" in w or "gunicorn" in w[0]]
    work = [p for p, words in running.items() if "work" in words]

    assert len(web) >= 2
    assert len(work) == 1
    assert "archive seed" in holding(secrets, vault)
    for process in running.keys() - {vault}:
        assert holding(secrets, process) == [], running[process]
        limits = Path(f"/proc/{process}/limits").read_text()
        if process in (*web, *work):
            assert re.search(r"Max core file size\s+0\s+0", limits)
    assert re.search(
        r"Max core file size\s+0\s+0", Path(f"/proc/{vault}/limits").read_text()
    )
    assert Path(f"/proc/{vault}/mem").stat().st_uid == 0

    served.run("lock")

    assert ready(served, "locked")
    for process in processes(os.getpgid(served._server.pid)):
        assert holding(secrets, process) == []
    served.run("unlock")
    assert ready(served, "ready")


def test_the_dead_are_started_anew_and_until_then_nothing_opens(served):
    served.start()
    receipt = served.json("deposit", str(DATA / "en.flac"))
    running = processes(os.getpgid(served._server.pid))
    for word in ("vault", "work"):
        (process,) = [p for p, words in running.items() if word in words]
        os.kill(process, signal.SIGKILL)
    began = time.monotonic()
    while served.json("status", receipt["testimony"])["state"] != "done":
        assert time.monotonic() - began < 60
        time.sleep(0.5)

    assert ready(served, "ready")
    assert served.log.read_text().count("process-died") == 2


def ready(served, wanted):
    """Whether it says so within ten seconds; a busy vault may answer late."""
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(served.url + "/readyz", timeout=5) as answer:
                if answer.read().decode().strip() == wanted:
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    return False
