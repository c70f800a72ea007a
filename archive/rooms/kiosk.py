"""The kiosk: deposit only, no account; what comes from it was sealed in the browser."""

import json
from base64 import b64encode

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask_babel import force_locale

from archive.access import LockedError
from archive.claims import words_of
from archive.deposits import (
    DepositError,
    MissingError,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
)
from archive.kiosk_shell import SERVICE_WORKER, questions_of, service_worker
from archive.telling.tongues import LANGUAGES
from archive.web.assets import integrity, names_in
from archive.web.deposit_documents import MAX_DOCUMENT, deposit_of
from archive.web.doors import Door, door
from archive.web.kiosk_devices import admit_device, failure
from archive.web.wiring import house, wiring

room = Blueprint("kiosk", __name__, url_prefix="/kiosk")

_GONE, _LATER = 410, 30
# Its scripts as they are built, from js/kiosk and vendor (assets/build.mjs).
_KEPT = ("css", "kiosk")


@room.get("", endpoint="start")
@room.get("/<any(es, en):language>")
@door(Door.OPEN)
def shell(language: str = "") -> str:  # noqa: ARG001 - `locale.chosen` looks at it
    """Show the kiosk: all its screens in one document, the same for everyone."""
    return render_template("kiosk/kiosk.html")


@room.get("/archive.json")
@door(Door.OPEN)
def archive() -> Response:
    """Tell what a browser needs to seal for this archive; nothing of it is secret."""
    here = house().installation
    return jsonify(
        recipient=str(here.keys.recipient()),
        salt=b64encode(here.claim_salt).decode(),
        max=wiring().settings.max_upload_bytes,
        questions={each: questions_of(here.settings, each) for each in LANGUAGES},
        enrolment="required" if house().kiosks.required else "open",
        mine=url_for("narrator.enter_by_code", _external=True),
    )


@room.get("/words/<any(es, en):language>.txt")
@door(Door.OPEN)
def words(language: str) -> Response:
    """Give the words that claim codes are made of."""
    return Response("\n".join(words_of(language)), mimetype="text/plain")


@room.get("/sealing-worker.js")
@door(Door.OPEN)
def sealing() -> Response:
    """Give the worker that seals, from where the service worker reaches.

    What a worker runs is looked for by its own address, not by its page's: WebKit found
    none of it without a network while it began in /static.
    """
    return Response(_sealing_worker(), mimetype="text/javascript")


@room.get("/service-worker.js")
@door(Door.OPEN)
def worker() -> Response:
    """Give what keeps the kiosk going without a network."""
    shells = [url_for("kiosk.shell", language=each) for each in LANGUAGES]
    lists = [url_for("kiosk.words", language=each) for each in LANGUAGES]
    names = [*(name for each in _KEPT for name in names_in(each)), "icon.svg"]
    # The browser keeps this one in a place of its own.
    names.remove(SERVICE_WORKER)
    static = [url_for("static", filename=each) for each in names]
    contents = [integrity(each) for each in names]
    contents.append(_sealing_worker())
    for each in LANGUAGES:
        with force_locale(each):
            contents.append(shell())
    script = service_worker(
        [*shells, *lists, url_for("kiosk.sealing"), *static], contents
    )
    # It lies one folder deeper than the first of the pages that it serves.
    allowed = {"Service-Worker-Allowed": url_for("kiosk.start")}
    return Response(script, mimetype="text/javascript", headers=allowed)


@room.post("/deposits")
@door(Door.OPEN)
def deposit() -> Response:
    """Make a testimony of a finished upload; asked again, the answer is the same."""
    admit_device()
    request.max_content_length = MAX_DOCUMENT
    try:
        asked = deposit_of(request.get_json())
    except (ValueError, RecursionError):
        return failure("form", 422)
    try:
        testimony_id = house().deposits.accept(asked)
    except DepositError as error:
        return failure(error.code, _GONE if error.code == "erased" else 422)
    except MissingError:
        abort(404)
    except (UploadBusyError, OffsetMismatchError):
        return failure("busy", 409)
    except StorageFullError:
        return failure("full", 507)
    except LockedError:
        # What was cut off waits for the archive's key; the kiosk keeps it meanwhile.
        told = failure("locked", 503)
        told.headers["Retry-After"] = str(_LATER)
        return told
    told = jsonify(testimony=testimony_id)
    told.status_code = 201
    return told


def _sealing_worker() -> str:
    script = url_for("static", filename="kiosk/sealing_worker.js")
    return f"import {json.dumps(script)};\n"
