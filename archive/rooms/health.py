"""Whether this process lives, and whether it can serve; nothing more."""

from flask import Blueprint, Response

from archive.web.doors import Door, door
from archive.web.wiring import house

room = Blueprint("health", __name__)


@room.get("/healthz")
@door(Door.OPEN)
def alive() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@room.get("/readyz")
@door(Door.OPEN)
def ready() -> Response:
    """Say that the vault answers, and whether anything can be opened."""
    told = "locked\n" if house().lock.state().locked else "ready\n"
    return Response(told, mimetype="text/plain")
