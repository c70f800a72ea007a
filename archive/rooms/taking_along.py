"""A narrator takes everything along, open or sealed, and shuts the archive out."""

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Redirect

from archive.takeout.opener import opener
from archive.web.delivery import deliver_package
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.wiring import house, wiring

room = Blueprint("taking_along", __name__, url_prefix="/mine/<testimony_id>")

# They lie among other files on a device, and say nothing of anyone.
_OPEN, _SEALED = "testimony.zip", "testimony-sealed.zip"


@room.get("/takeout")
@door(Door.NARRATOR)
def takeout(testimony_id: str) -> str:
    """Say what can be taken along, how large it is, and who can open it."""
    actor = current_actor()
    sealed = house().sealed_takeout.size(actor, testimony_id)
    return render_template(
        "takeout/takeout.html", testimony_id=testimony_id, megabytes=_megabytes(sealed)
    )


@room.post("/takeout")
@door(Door.NARRATOR)
def take(testimony_id: str) -> Response:
    """Give everything, open."""
    found = house().takeout.package(current_actor(), testimony_id, current_language())
    return deliver_package(found.size, found.chunks, _OPEN)


@room.get("/sealed")
@door(Door.NARRATOR)
def sealed(testimony_id: str) -> Response:
    """Give everything as it lies, sealed; needs no key, and no unlocked archive."""
    found = house().sealed_takeout.package(current_actor(), testimony_id)
    return deliver_package(found.size, found.chunks, _SEALED)


@room.get("/sealed/open.html")
@door(Door.NARRATOR)
def open_sealed(testimony_id: str) -> Response:
    """Give the page that opens what was taken sealed; it is in the package too."""
    house().wishes.standing(current_actor(), testimony_id)
    response = make_response(opener())
    response.headers["Content-Disposition"] = 'attachment; filename="open.html"'
    return response


@room.get("/only-me")
@door(Door.NARRATOR)
def only_me(testimony_id: str) -> str:
    """Say what it means that not even the archive has a key."""
    return render_template(
        "takeout/only_me.html",
        testimony_id=testimony_id,
        alone=house().wishes.only_narrator(current_actor(), testimony_id),
        others=house().wishes.others(current_actor(), testimony_id),
        days=wiring().settings.keyring_retention_days,
    )


@room.post("/only-me")
@door(Door.NARRATOR)
def change_only_me(testimony_id: str) -> Redirect:
    """Shut the archive out, or let it in again."""
    wishes, actor = house().wishes, current_actor()
    if request.form.get("archive") == "in":
        wishes.let_archive_in(actor, testimony_id)
    elif request.form.get("archive") == "out":
        wishes.leave_archive_out(actor, testimony_id)
    return redirect(
        url_for("taking_along.only_me", testimony_id=testimony_id), code=303
    )


def _megabytes(size: int) -> int:
    return max(1, round(size / 1_000_000))
