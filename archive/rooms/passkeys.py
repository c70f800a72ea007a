"""Entering with one's own phone: a passkey, once the seven words were said there."""

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from archive.access import NotHereError
from archive.keepers import MOST_PASSKEYS
from archive.passkey_site import WrongPasskeyError
from archive.web import identity
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.passkey_pages import origin
from archive.web.wiring import house

room = Blueprint("passkeys", __name__, url_prefix="/mine")

_LONGEST = 16 << 10
_ID = 64


@room.get("/passkey")
@door(Door.NARRATOR)
def own() -> str:
    """Show one's phones."""
    return _own()


@room.post("/passkey/options")
@door(Door.NARRATOR)
def options() -> Response:
    """Give the browser what it needs to make one."""
    return _json(house().passkeys.offer_new(current_actor(), origin()))


@room.post("/passkey")
@door(Door.NARRATOR)
def add() -> AnyResponse | tuple[str, int]:
    """Keep the one that the browser made."""
    try:
        house().passkeys.add(current_actor(), _credential())
    except (WrongPasskeyError, NotHereError):
        return _own(gettext("This phone was not added. Try again.")), 422
    return redirect(url_for("passkeys.own"), code=303)


@room.post("/passkey/remove")
@door(Door.NARRATOR)
def remove() -> AnyResponse:
    """Remove a phone; from then on it opens nothing."""
    passkey_id = request.form.get("passkey", "")[:_ID]
    house().passkeys.remove(current_actor(), passkey_id)
    return redirect(url_for("passkeys.own"), code=303)


@room.post("/enter/passkey/options")
@door(Door.OPEN)
def entering() -> Response:
    """Give the browser what it needs to use one; whose, it does not say."""
    return _json(house().passkeys.offer(origin()))


@room.post("/enter/passkey")
@door(Door.OPEN)
def come_in() -> AnyResponse | tuple[str, int]:
    """Know a phone again."""
    try:
        token = house().passkeys.enter(_credential(), request.remote_addr or "")
    except WrongPasskeyError:
        problem = gettext("This phone opens no story. Write your seven words.")
        return render_template("narrator/enter.html", problem=problem, code=""), 403
    return identity.begin(redirect(url_for("narrator.home"), code=303), token)  # type: ignore[arg-type]


def _own(problem: str | None = None) -> str:
    actor = current_actor()
    found = house().passkeys.of(actor)
    return render_template(
        "passkeys/own.html",
        phones=found,
        room=len(found) < MOST_PASSKEYS,
        problem=problem,
    )


def _credential() -> str:
    return request.form.get("credential", "")[:_LONGEST]


def _json(told: str) -> Response:
    answer = make_response(told)
    answer.mimetype = "application/json"
    return answer
