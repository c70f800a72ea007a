"""Who may enter which room; a route without a door is refused.

A door is coarse: it only says who may knock. What is behind it, the gate decides.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from archive.access import NotHereError
from archive.web.identity import current_actor
from consent.actors import Actor, Narrator, Person

View = TypeVar("View", bound=Callable[..., object])

_MARK = "resguardo_door"


class Door(Enum):
    """The kinds of door."""

    OPEN = "open"
    NARRATOR = "narrator"
    PERSON = "person"
    CARETAKER = "caretaker"


_ENTRANCES = {
    Door.NARRATOR: "narrator.enter",
    Door.PERSON: "researcher.sign_in",
    Door.CARETAKER: "caretaker.sign_in",
}


def door(kind: Door) -> Callable[[View], View]:
    """Say who may knock at a view."""

    def marked(view: View) -> View:
        setattr(view, _MARK, kind)
        return view

    return marked


def door_of(endpoint: str) -> Door | None:
    """Return a route's door."""
    found = getattr(current_app.view_functions[endpoint], _MARK, None)
    return found if isinstance(found, Door) else None


def watch() -> Response | None:
    """Send those who have not come in to the entrance; refuse what has no door."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    kind = door_of(request.endpoint)
    if kind is None:
        raise NotHereError
    if kind is Door.OPEN or _may_enter(kind, current_actor()):
        return None
    if request.method != "GET" or isinstance(current_actor(), Person):
        # Signed in as someone else: this room is not there for them.
        raise NotHereError
    return redirect(url_for(_ENTRANCES[kind]), code=303)


def _may_enter(kind: Door, actor: Actor) -> bool:
    match kind:
        case Door.OPEN:
            return True
        case Door.NARRATOR:
            return isinstance(actor, Narrator)
        case Door.PERSON:
            return isinstance(actor, Person)
        case Door.CARETAKER:
            return isinstance(actor, Person) and actor.caretaker
