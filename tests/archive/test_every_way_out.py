"""Nothing comes out by any way that `decide` does not allow; no way is forgotten.

The ways are walked in `ways_by_…`, each with a table of all that there are; this says
that the tables are whole, that the walks find nothing, and that they would find it.
"""

import ast
from pathlib import Path

import pytest

from archive import claims, cli, strongroom
from archive import worker as worker_module
from archive.app import create_app
from archive.throttle import Throttle
from archive.vault.service import Service
from archive.vault.wire import WEB, WORKER
from archive.web.wiring import Wiring
from tests.archive import ways_by_command, ways_by_vault, ways_by_web, ways_by_worker
from tests.archive.ways_allowed import ACTORS, MACHINES
from tests.archive.ways_world import copied, opened, plant
from tests.conftest import PASSPHRASE

QUICK = {"nobody"}
TOLD = ("/", "/t/<testimony_id>", "/media/<testimony_id>/captions.vtt")
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


def thorough(actors, *, quick=QUICK):
    return [
        a if a in quick else pytest.param(a, marks=pytest.mark.slow) for a in actors
    ]


def some(table, *names):
    return {name: table[name] for name in names}


def test_every_route_is_placed(sides):
    assert ways_by_web.unplaced(sides[0][0]) == []


def test_every_command_is_placed():
    assert ways_by_command.unplaced(cli.resguardo) == []


def test_every_operation_of_the_vault_is_placed(houses):
    assert ways_by_vault.unplaced(Service(ways_by_vault.room_of(houses[0]))) == []


def test_every_doing_of_the_worker_is_placed():
    assert ways_by_worker.unplaced() == []


def test_nothing_can_send_mail_or_call_out():
    """There is no e-mail and no caller; who adds one has to place it here."""
    speaking = {"smtplib", "email", "http", "urllib", "requests", "httpx", "aiohttp"}
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("archive", "consent", "storage", "transcription")
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in speaking
    ]

    assert found == []


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_what_is_told_of_stories_is_what_decide_allows(world, sides):
    walk = ways_by_web.Walk(world, *sides, "nobody")

    assert walk.go(some(ways_by_web.ROUTES, *TOLD)) == []


@pytest.mark.slow
@pytest.mark.parametrize("actor", ACTORS)
def test_no_route_gives_more_than_decide_allows(world, sides, actor):
    walk = ways_by_web.Walk(world, *sides, actor)

    assert walk.go() == []


@pytest.mark.slow
@pytest.mark.parametrize("door_name", [WEB, WORKER])
@pytest.mark.parametrize("actor", [*ACTORS, *MACHINES])
def test_no_operation_of_the_vault_gives_more(world, houses, actor, door_name):
    rooms = tuple(ways_by_vault.room_of(house) for house in houses)
    walk = ways_by_vault.Walk(world, *houses, rooms, actor, door_name)

    assert walk.go() == []


@pytest.mark.slow
def test_no_command_gives_more_to_who_has_no_code(world, tmp_path, monkeypatch):
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    monkeypatch.setenv("RESGUARDO_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    walk = ways_by_command.Walk(world, tmp_path)

    assert walk.go() == []


@pytest.mark.slow
def test_the_worker_makes_no_more_and_tells_nothing(world, houses, caplog, monkeypatch):
    monkeypatch.setattr(worker_module.time, "sleep", lambda _: None)
    walk = ways_by_worker.Walk(world, houses[0])

    assert walk.go(caplog) == []
