"""The kiosk: deposit only, no account; what comes from it was sealed in the browser."""

from base64 import b64encode

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask_babel import force_locale

from archive.access import LockedError
from archive.deposits import (
    DepositError,
    MissingError,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
)
from archive.kiosk_shell import questions_of, service_worker, words_of
from archive.web.deposit_documents import LANGUAGES, MAX_DOCUMENT, deposit_of
from archive.web.doors import Door, door
from archive.web.kiosk_devices import admit_device
from archive.web.locale import chosen
from archive.web.wiring import house, wiring

room = Blueprint("kiosk", __name__, url_prefix="/kiosk")

_GONE, _LATER = 410, 30


@room.get("")
@door(Door.OPEN)
def start() -> str:
    """Show the kiosk in the browser's language; no cookie is set."""
    return render_template("kiosk/kiosk.html", language=chosen())


@room.get("/<any(es, en):language>")
@door(Door.OPEN)
def shell(language: str) -> str:
    """Show the kiosk: all its screens in one document, the same for everyone."""
    return render_template("kiosk/kiosk.html", language=language)


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
        mine=url_for("narrator.enter", _external=True),
    )


@room.get("/words/<any(es, en):language>.txt")
@door(Door.OPEN)
def words(language: str) -> Response:
    """Give the words that claim codes are made of."""
    return Response(words_of(language), mimetype="text/plain")


@room.get("/service-worker.js")
@door(Door.OPEN)
def worker() -> Response:
    """Give what keeps the kiosk going without a network."""
    shells = [url_for("kiosk.shell", language=each) for each in LANGUAGES]
    lists = [url_for("kiosk.words", language=each) for each in LANGUAGES]
    pages = []
    for each in LANGUAGES:
        with force_locale(each):
            pages.append(shell(each))
    static = url_for("static", filename="")
    script = service_worker([*shells, *lists], pages, static)
    # It lies one folder deeper than the first of the pages that it serves.
    allowed = {"Service-Worker-Allowed": url_for("kiosk.start")}
    return Response(script, mimetype="text/javascript", headers=allowed)


@room.post("/deposits")
@door(Door.OPEN)
def deposit() -> tuple[Response, int]:
    """Make a testimony of a finished upload; asked again, the answer is the same."""
    admit_device()
    request.max_content_length = MAX_DOCUMENT
    try:
        asked = deposit_of(request.get_json())
    except (ValueError, RecursionError):
        return jsonify(error="form"), 422
    try:
        testimony_id = house().deposits.accept(asked)
    except DepositError as error:
        return jsonify(error=error.code), _GONE if error.code == "erased" else 422
    except MissingError:
        abort(404)
    except (UploadBusyError, OffsetMismatchError):
        return jsonify(error="busy"), 409
    except StorageFullError:
        return jsonify(error="full"), 507
    except LockedError:
        # What was cut off waits for the archive's key; the kiosk keeps it meanwhile.
        told = jsonify(error="locked")
        told.headers["Retry-After"] = str(_LATER)
        return told, 503
    return jsonify(testimony=testimony_id), 201
