"""The researcher's room: apply, be vetted, see what exists for them, listen."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from archive.entrance import WrongPasswordError
from archive.people import Application, ApplicationError
from archive.web import identity
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import PROBLEMS
from archive.web.wiring import house
from consent.levels import Level

room = Blueprint("researcher", __name__, url_prefix="/research")


@room.get("")
@door(Door.PERSON)
def home() -> str:
    """Show one's standing, and what exists for them."""
    actor = current_actor()
    return render_template(
        "researcher/home.html",
        me=house().people.mine(actor),
        cards=house().catalogue.visible(actor),
        requests=house().requests.mine(actor),
        left=len(house().inbox.left_to(actor)),
        recoveries=house().recovery.in_hand(actor),
        Level=Level,
    )


@room.get("/apply")
@door(Door.OPEN)
def application() -> str:
    """Ask who someone is and what for."""
    return render_template("researcher/apply.html", problem=None, form={})


@room.post("/apply")
@door(Door.OPEN)
def apply() -> Response | tuple[str, int]:
    """Take an application in, and sign its writer in to see how it stands."""
    form, people = request.form, house().people
    try:
        people.apply(
            Application(
                login=form.get("login", ""),
                password=form.get("password", ""),
                name=form.get("name", ""),
                affiliation=form.get("affiliation", ""),
                purpose=form.get("purpose", ""),
            )
        )
    except ApplicationError as error:
        problem = PROBLEMS[error.code]
        return render_template("researcher/apply.html", problem=problem, form=form), 422
    return _signed_in()


@room.get("/sign-in")
@door(Door.OPEN)
def sign_in() -> str:
    """Ask for name and password."""
    return render_template("researcher/sign_in.html", problem=None)


@room.post("/sign-in")
@door(Door.OPEN)
def come_in() -> Response | tuple[str, int]:
    """Sign in."""
    try:
        return _signed_in()
    except WrongPasswordError:
        problem = gettext("That name and password do not go together.")
        return render_template("researcher/sign_in.html", problem=problem), 403


@room.post("/leave")
@door(Door.OPEN)
def leave() -> Response:
    """Sign out."""
    return identity.end(redirect(url_for("public.home"), code=303))  # type: ignore[arg-type]


def _signed_in() -> Response:
    form = request.form
    token = house().entrance.sign_in(
        form.get("login", ""), form.get("password", ""), request.remote_addr or ""
    )
    return identity.begin(redirect(url_for("researcher.home"), code=303), token)  # type: ignore[arg-type]
