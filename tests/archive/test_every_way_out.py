"""Nothing comes out by any way that `decide` does not allow; no way is forgotten.

The ways are walked in `ways_by_…`, each with a table of all that there are. That the
walks would find what leaks is tried in `test_ways_are_walked`.
"""

import ast
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import cli
from archive import worker as worker_module
from archive.models.transcription_job import TranscriptionJob
from archive.vault.service import Service
from archive.vault.wire import WEB, WORKER
from consent.actors import Anyone
from tests.archive import ways_by_command, ways_by_vault, ways_by_web, ways_by_worker
from tests.archive.ways_allowed import ACTORS, MACHINES, Judge
from tests.archive.ways_fixtures import (
    Served,
    _quick_codes,
    houses,
    planted,
    sides,
    some,
    unhurried,
    world,
)
from tests.archive.ways_world import opened
from tests.conftest import PASSPHRASE

TOLD = ("/", "/t/<testimony_id>", "/media/<testimony_id>/captions.vtt")
ROOT = Path(__file__).parents[2]


__all__ = ["_quick_codes", "houses", "planted", "sides", "unhurried", "world"]


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
    speaking = {"smtplib", "email", "http", "requests", "httpx", "aiohttp", "ftplib"}
    speaking |= {"urllib.request", "urllib3", "xmlrpc"}
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("archive", "consent", "storage", "transcription")
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if speaking & {name, name.split(".")[0]}
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


@pytest.mark.slow
def test_what_is_served_tells_no_more_and_writes_nothing_down(world, tmp_path):
    """`serve`, `web`, `vault`, `work`, `lock` and `unlock`, as an operator runs them."""
    with opened(world.full, world.identity) as house:
        judge = Judge(world, house, Anyone())
        with house.database.writing() as session:
            for job in session.scalars(select(TranscriptionJob)):
                job.state = "done"
    served = Served(world.full, tmp_path)
    try:
        told = [served.get("/"), served.run("lock")]
        served.wait_until(b"locked\n")
        told += [served.get("/"), served.run("unlock", tries=20)]
        for story in world.stories:
            told.append(served.get(f"/t/{story.testimony_id}"))
            told.append(served.get(f"/media/{story.testimony_id}/audio"))
        told += [served.run("work", "--until-idle"), served.get("/readyz")]
    finally:
        served.stop()

    assert told[-1] == b"ready\n"
    asked = "".join(story.testimony_id for story in world.stories)
    assert judge.leaked(b"\n".join(told), asked) == []
    at_rest = [
        f"{path.name}: {leak}"
        for path in tmp_path.rglob("*")
        if path.is_file() and not path.is_socket()
        for leak in judge.at_rest(path.read_bytes())
    ]
    assert at_rest == []
