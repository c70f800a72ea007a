"""The services of systemd: what each is kept from, and that systemd understands it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from archive.cli import resguardo
from archive.config import Settings
from archive.installation import Installation
from archive.passphrase import CREDENTIAL
from archive.vault import wire
from transcription.weights import find_weights

FOLDER = Path(__file__).parents[1] / "deploy" / "systemd"
SERVICES = ("vault", "web", "worker")
PROGRAM = "/opt/resguardo/.venv/bin/resguardo"
KEYS, SOCKETS = "/var/lib/resguardo-keys", "/run/resguardo"
# Out of 100; systemd itself calls less than 20 "OK" or better.
EXPOSURE = {"vault": 5, "web": 12, "worker": 5}
BOX = {
    "User": "resguardo",
    "UMask": "0077",
    "LimitCORE": "0",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "PrivateUsers": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "ProtectProc": "ptraceable",
    "RestrictNamespaces": "yes",
    "SystemCallFilter": "@system-service ~@privileged",
}

analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="needs systemd-analyze: apt-get install systemd",
)


def directives(service: str) -> dict[str, str]:
    """What a unit says in [Service]; what it says more than once, joined."""
    found: dict[str, str] = {}
    text = (FOLDER / f"resguardo-{service}.service").read_text()
    for line in text.partition("[Service]")[2].partition("[Install]")[0].splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name] = f"{found[name]} {value}" if name in found else value
    return found


def hidden(service: str) -> set[str]:
    return {
        path.removeprefix("-")
        for path in directives(service)["InaccessiblePaths"].split()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_boxed_in(service):
    found = directives(service)

    assert {name: found.get(name) for name in BOX} == BOX


def test_the_vault_has_no_network_and_its_memory_stays_its_own():
    found = directives("vault")

    assert found["PrivateNetwork"] == "yes"
    assert found["RestrictAddressFamilies"] == "AF_UNIX"
    assert found["LimitMEMLOCK"] == "infinity"
    assert found["MemoryDenyWriteExecute"] == "yes"
    assert found["LoadCredential"].startswith(f"{CREDENTIAL}:")


@pytest.mark.parametrize("service", ["web", "worker"])
def test_web_and_worker_see_no_key_and_no_passphrase(service):
    found = directives(service)

    assert hidden(service) >= {
        f"{KEYS}/keyring",
        f"{KEYS}/archive.identity.age",
        f"{KEYS}/retired.age",
        f"{KEYS}/custodians",
        "/run/credentials",
    }
    assert KEYS not in found["ReadWritePaths"].split()
    assert "LoadCredential" not in found


def test_what_hides_the_keyring_fails_rather_than_hide_nothing(tmp_path):
    installation = Installation(Settings(data=tmp_path))
    installation.create("a long passphrase")

    assert (installation.settings.keys / "keyring").is_dir()
    for service in ("web", "worker"):
        assert f"-{KEYS}/keyring" not in directives(service)["InaccessiblePaths"]


@pytest.mark.parametrize(
    ("service", "foreign"), [("web", wire.WORKER), ("worker", wire.WEB)]
)
def test_no_service_reaches_the_door_of_the_other(service, foreign):
    folder = PurePosixPath(foreign).parent

    assert f"{SOCKETS}/{folder}" in hidden(service)
    assert f"resguardo/{folder}" in directives("vault")["RuntimeDirectory"].split()
    assert directives("vault")["RuntimeDirectoryPreserve"] == "yes"


def test_only_the_web_speaks_to_the_network():
    families = {each: directives(each)["RestrictAddressFamilies"] for each in SERVICES}

    assert families == {
        "vault": "AF_UNIX",
        "web": "AF_UNIX AF_INET AF_INET6",
        "worker": "AF_UNIX",
    }
    assert directives("worker")["PrivateNetwork"] == "yes"
    assert directives("web")["IPAddressAllow"] == "localhost"


def test_the_services_run_commands_that_there_are():
    started = {each: directives(each)["ExecStart"].split() for each in SERVICES}

    assert {words[0] for words in started.values()} == {PROGRAM}
    for _, name, *options in started.values():
        known = {text for each in resguardo.commands[name].params for text in each.opts}
        assert {text for text in options if text.startswith("--")} <= known


def test_services_and_commands_share_their_settings():
    lines = (FOLDER / "settings").read_text().splitlines()
    said = dict(each.split("=", 1) for each in lines if each and each[0] != "#")
    settings = Settings.from_environ(said)

    assert (str(settings.keys), str(settings.sockets)) == (KEYS, SOCKETS)
    for each in SERVICES:
        assert str(settings.data) in directives(each)["ReadWritePaths"].split()


@pytest.fixture
def units(tmp_path):
    """The units, with a program that is on this machine."""
    program = Path(sys.executable).with_name("resguardo")
    for each in FOLDER.glob("*.service"):
        text = each.read_text().replace(PROGRAM, str(program))
        (tmp_path / each.name).write_text(text)
    return tmp_path


@analyze
def test_systemd_understands_every_line(units):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units.glob("*.service")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@analyze
@pytest.mark.parametrize("service", SERVICES)
def test_systemd_finds_little_that_is_exposed(units, service):
    done = subprocess.run(
        [
            *("systemd-analyze", "security", "--offline=yes", "--no-pager"),
            f"--threshold={EXPOSURE[service]}",
            units / f"resguardo-{service}.service",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def calls_left(service):
    """The names of the system calls that a unit's SystemCallFilter= leaves."""
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    groups: dict[str, list[str]] = {}
    for line in told.splitlines():
        if line.startswith("@"):
            groups[line] = found = []
        elif (name := line.strip()) and not name.startswith("#"):
            found.append(name)

    def all_of(name):
        inside = groups.get(name)
        return {name} if inside is None else set().union(*map(all_of, inside))

    left: set[str] = set()
    for word in directives(service)["SystemCallFilter"].split():
        named = all_of(word.removeprefix("~"))
        left = left - named if word.startswith("~") else left | named
    return left


@analyze
@pytest.mark.slow
def test_within_the_worker_s_unit_recordings_are_decoded_and_written_down():
    find_weights("base")  # Put together before all is read-only.
    done = subprocess.run(
        [sys.executable, "-m", "tests.in_the_unit", "tests/data/en.flac"],
        input=" ".join(calls_left("worker")),
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert set(told["held"].values()) == {True}
    assert told["filtered"]
    assert told["container"] == "flac"
    assert told["seconds"] == pytest.approx(11.4, abs=0.1)
    assert told["copy"] == pytest.approx(11.4, abs=0.1)
    assert "ask not what your country" in told["words"].casefold()
