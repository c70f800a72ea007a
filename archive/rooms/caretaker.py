"""The caretakers' desk: the queue and the people; it hears nothing by default."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from archive.access import (
    NoMatchError,
    StorageError,
    TooFewCustodiansError,
    UnknownCustodianError,
)
from archive.entrance import WrongPasswordError
from archive.people import ApplicationError
from archive.web import identity
from archive.web.doors import Door, door
from archive.web.errors import page
from archive.web.identity import current_actor
from archive.web.locale import PROBLEMS
from archive.web.wiring import house

room = Blueprint("caretaker", __name__, url_prefix="/desk")

_YEAR = 365
_MOST_SECRETS = 7
_LONGEST = 5 * _YEAR


@room.get("")
@door(Door.CARETAKER)
def home() -> str:
    """Show what waits."""
    return _home()


def _home(problem: str = "") -> str:
    actor = current_actor()
    return render_template(
        "caretaker/home.html",
        queue=house().desk.queue(actor),
        people=house().people.all(actor),
        sorting=house().sorting.waiting(actor),
        lock=house().lock.state(),
        problem=problem,
    )


@room.post("/unlock")
@door(Door.CARETAKER)
def unlock() -> Response | tuple[str, int]:
    """Open the archive with its passphrase, or with enough custodians' secrets."""
    try:
        house().lock.unlock(request.form.getlist("secret")[:_MOST_SECRETS])
    except UnknownCustodianError as error:
        told = gettext("Key %(number)s is no custodian's here.", number=error.position)
        return _home(told), 403
    except TooFewCustodiansError as error:
        told = gettext(
            "%(number)s different custodians are needed.", number=error.needed
        )
        return _home(told), 403
    except NoMatchError:
        return _home(gettext("That does not open this archive.")), 403
    except StorageError:
        return _home(gettext("The archive's own key is damaged.")), 500
    return redirect(url_for("caretaker.home"), code=303)


@room.post("/lock")
@door(Door.CARETAKER)
def lock() -> Response:
    """Put every key away; whoever asked is signed out as well."""
    house().lock.lock()
    return redirect(url_for("caretaker.sign_in"), code=303)


@room.get("/queue")
@door(Door.CARETAKER)
def queue() -> str:
    """Show the queue alone, for the page to refresh itself with."""
    rows = house().desk.queue(current_actor())
    return render_template("caretaker/queue.html", queue=rows)


@room.get("/sign-in")
@door(Door.OPEN)
def sign_in() -> str:
    """Ask for name and password."""
    return render_template("caretaker/sign_in.html", problem=None)


@room.post("/sign-in")
@door(Door.OPEN)
def come_in() -> Response | tuple[str, int]:
    """Sign in."""
    form = request.form
    try:
        token = house().entrance.sign_in(
            form.get("login", ""), form.get("password", ""), request.remote_addr or ""
        )
    except WrongPasswordError:
        problem = gettext("That name and password do not go together.")
        return render_template("caretaker/sign_in.html", problem=problem), 403
    return identity.begin(redirect(url_for("caretaker.home"), code=303), token)  # type: ignore[arg-type]


@room.post("/people/<person_id>/vet")
@door(Door.CARETAKER)
def vet(person_id: str) -> Response:
    """Attest that someone is who they say, for a year unless the form says less."""
    days = request.form.get("days", _YEAR, type=int)
    try:
        house().people.vet(current_actor(), person_id, max(1, min(days, _LONGEST)))
    except ApplicationError as error:
        return page(str(PROBLEMS[error.code]), 409)
    return redirect(url_for("caretaker.home"), code=303)


@room.post("/people/<person_id>/revoke")
@door(Door.CARETAKER)
def revoke(person_id: str) -> Response:
    """End someone's attestation at once."""
    try:
        house().people.revoke(current_actor(), person_id)
    except ApplicationError as error:
        return page(str(PROBLEMS[error.code]), 409)
    return redirect(url_for("caretaker.home"), code=303)


@room.post("/queue/<testimony_id>/<any(pause, resume, cancel, retry):move>")
@door(Door.CARETAKER)
def move(testimony_id: str, move: str) -> Response:
    """Pause a job, resume it, cancel it or let it be tried again."""
    if not house().desk.move(current_actor(), testimony_id, move):
        return page(gettext("It has moved on meanwhile. Look at the list again."), 409)
    return redirect(url_for("caretaker.home"), code=303)


@room.post("/leave")
@door(Door.OPEN)
def leave() -> Response:
    """Sign out."""
    return identity.end(redirect(url_for("public.home"), code=303))  # type: ignore[arg-type]
