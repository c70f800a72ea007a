"""The walks of `test_every_way_out` find what leaks: each leak here is one on purpose."""

import click
import pytest
from flask import Response, request

from archive import cli, logs
from archive.access import NotHereError, RefusedError
from archive.gate import Gate
from archive.vault.service import Service
from archive.web.doors import Door, door
from archive.worker import Worker
from consent.decisions import Reason
from consent.parts import Part
from tests.archive import ways_by_command, ways_by_vault, ways_by_web, ways_by_worker
from tests.archive.ways_fixtures import (
    _quick_codes,
    houses,
    planted,
    sides,
    some,
    unhurried,
    world,
)

__all__ = ["_quick_codes", "houses", "planted", "sides", "unhurried", "world"]


def walked(world, sides, *rules):
    return ways_by_web.Walk(world, *sides, "nobody").go(
        some(ways_by_web.ROUTES, *rules)
    )


def leaky(sides, endpoint, told):
    """Let a view of both applications tell more than it should."""
    for app, house in sides:
        app.view_functions[endpoint] = door(Door.OPEN)(
            lambda told=told, house=house, **_: told(house)
        )


def rows(house):
    return house.desk.rows()


def test_a_route_that_nobody_placed_is_named(sides):
    app = sides[0][0]
    app.add_url_rule("/export/<testimony_id>", "export", lambda **_: "")
    app.add_url_rule("/", "by-post", lambda: "", methods=["POST"])

    assert ways_by_web.unplaced(app) == [
        *("GET /export/<testimony_id>", "HEAD /export/<testimony_id>"),
        *("OPTIONS /export/<testimony_id>", "POST /"),
    ]


LEAKS = {
    "a title": (
        lambda story: lambda _: story.marks["title"],
        "silent: title",
    ),
    "a word in a header": (
        lambda story: (
            lambda _: Response("", headers={"X-Word": story.marks["withheld"]})
        ),
        "silent: withheld",
    ),
    "an id": (lambda story: lambda _: story.testimony_id, "silent: id of testimony"),
    "a blob's name": (lambda story: lambda _: story.blob_key, "silent: id of blob"),
    "a count": (
        lambda _: lambda house: f"{len(rows(house))} stories",
        "both archives differ",
    ),
    "a size": (
        lambda _: lambda house: Response("", headers={"ETag": f'"{len(rows(house))}"'}),
        "both archives differ",
    ),
}


@pytest.mark.parametrize(("leak", "named"), LEAKS.values(), ids=LEAKS)
def test_a_page_that_tells_more_is_found(world, sides, leak, named):
    leaky(sides, "public.home", leak(world.hidden["silent"]))

    found = walked(world, sides, "/")

    assert any(named in each for each in found), found


def knows(house, testimony_id):
    return testimony_id in {row.testimony_id for row in rows(house)}


STATUS = {
    "another status": lambda there: Response("", 403 if there else 404),
    "another length": lambda there: Response("no" if there else "no!", 404),
    "another header": lambda there: Response("", 404, {"X": "1"} if there else {}),
}


@pytest.mark.parametrize("answer", STATUS.values(), ids=STATUS)
def test_a_hidden_id_that_is_answered_otherwise_is_found(world, sides, answer):
    def told(house):
        return answer(knows(house, request.view_args["testimony_id"]))

    leaky(sides, "media.captions", told)

    found = walked(world, sides, "/media/<testimony_id>/captions.vtt")

    assert any("silent (testimony) and unknown differ" in each for each in found), found


def test_a_command_that_nobody_placed_is_named():
    copy = click.Group("copy", commands=dict(cli.resguardo.commands))
    copy.add_command(click.Group("export", commands=[click.Command("words")]))

    assert ways_by_command.unplaced(copy) == ["export words"]


def test_a_command_that_tells_more_is_found(world, tmp_path, monkeypatch):
    silent = world.hidden["silent"]
    words = [silent.marks["pseudonym"], silent.testimony_id, silent.narrator_id]
    tells = click.Command("tells", callback=lambda: click.echo(" ".join(words)))
    monkeypatch.setitem(cli.resguardo.commands, "requests", tells)
    monkeypatch.setitem(cli.resguardo.commands, "lock", tells)
    (tmp_path / "left-behind.txt").write_text(silent.marks["opened"])
    operator = some(ways_by_command.COMMANDS, "requests")
    anyone = {"lock": (ways_by_command.Way("lock"),)}

    found = set(ways_by_command.Walk(world, tmp_path).go({**operator, **anyone}))

    assert found == {
        "left-behind.txt: silent: opened",
        "requests: silent: id of narrator",
        "requests: silent: pseudonym",
        "lock: silent: id of narrator",
        "lock: silent: id of testimony",
        "lock: silent: pseudonym",
    }


def asked(world, houses, *names):
    rooms = tuple(ways_by_vault.room_of(house) for house in houses)
    walk = ways_by_vault.Walk(world, *houses, rooms, "nobody")
    return walk.go(some(ways_by_vault.OPERATIONS, *names))


def test_an_operation_that_nobody_placed_is_named(houses):
    service = Service(ways_by_vault.room_of(houses[0]))
    service._answers["words"] = service._visible

    assert ways_by_vault.unplaced(service) == ["words"]


def test_an_operation_that_tells_more_is_found(world, houses, monkeypatch):
    title = world.hidden["withdrawn"].marks["title"]
    monkeypatch.setattr(Service, "_state", lambda *_: ({"busy with": title}, b""))

    assert asked(world, houses, "state") == [
        "nobody at web/vault.sock: state: withdrawn: title"
    ]


def test_a_refusal_that_tells_why_is_found(world, houses, monkeypatch):
    plain = Gate.disclosure

    def reasoned(gate, actor, testimony_id, seen_by=None):
        try:
            return plain(gate, actor, testimony_id, seen_by)
        except NotHereError:
            if knows(houses[0], testimony_id):
                raise RefusedError(Reason.WITHDRAWN) from None
            raise

    monkeypatch.setattr(Gate, "disclosure", reasoned)

    found = asked(world, houses, "disclosure")

    assert (
        "nobody at web/vault.sock: disclosure: silent (testimony) and unknown differ"
        in found
    )


@pytest.mark.slow
def test_a_worker_that_does_not_ask_or_tells_is_found(
    world, houses, caplog, monkeypatch
):
    full, withdrawn = houses[0], world.hidden["withdrawn"]

    def careless(worker, testimony_id):
        logs.event("heard", word=withdrawn.marks["opened"])
        full.objects.add(testimony_id, Part.AUDIO, b"sound", "audio/mpeg")
        worker._note(testimony_id, "done")

    monkeypatch.setattr(Worker, "_make_all", careless)

    found = ways_by_worker.Walk(world, full).go(caplog)

    assert "withdrawn: audio was made" in found
    assert "left-out: audio was made" in found
    assert "log: withdrawn: opened" in found
