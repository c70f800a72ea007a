"""Resumable uploads: tus 1.0, core, creation, deferred length, termination.

The token in the address is known to the uploader alone; holding it is all it takes to
go on with an upload, and gives back nothing of what was sent.
"""

from typing import BinaryIO, cast

from flask import Blueprint, Response, abort, request, url_for

from archive.deposits import (
    DepositError,
    MissingError,
    OffsetMismatchError,
    StorageFullError,
    UploadBusyError,
    UploadTooLargeError,
)
from archive.web.doors import Door, door
from archive.web.kiosk_devices import admit_device
from archive.web.locale import FAULTS
from archive.web.wiring import house, wiring

room = Blueprint("uploads", __name__, url_prefix="/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,termination"
_DIGITS = 19
_CONTENT = "application/offset+octet-stream"


room.before_request(admit_device)


@room.before_request
def _version() -> Response | None:
    # A recording is no form: `storage.uploads` bounds it as it streams.
    request.max_content_length = wiring().settings.max_upload_bytes
    if request.method == "OPTIONS" or request.headers.get("Tus-Resumable") == VERSION:
        return None
    return Response(status=412, headers={"Tus-Version": VERSION})


@room.after_request
def _protocol(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    return response


@room.errorhandler(MissingError)
def _missing(_: Exception) -> Response:
    return Response(status=404)


@room.errorhandler(OffsetMismatchError)
def _mismatch(_: Exception) -> Response:
    return Response(status=409)


@room.errorhandler(UploadBusyError)
def _busy(_: Exception) -> Response:
    return Response(status=423, headers={"Retry-After": "1"})


@room.errorhandler(UploadTooLargeError)
def _too_large(_: Exception) -> Response:
    return Response(status=413)


@room.errorhandler(StorageFullError)
def _full(_: Exception) -> Response:
    return Response(status=507)


@room.errorhandler(DepositError)
def _no_recording(error: DepositError) -> Response:
    return Response(str(FAULTS[error.code]), status=415, mimetype="text/plain")


@room.route("", methods=["OPTIONS"])
@room.route("/<token>", methods=["OPTIONS"], endpoint="options_of_one")
@door(Door.OPEN)
def options(token: str = "") -> Response:  # noqa: ARG001
    """Say what this server can do."""
    return Response(
        status=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(wiring().settings.max_upload_bytes),
        },
    )


@room.post("")
@door(Door.OPEN)
def create() -> Response:
    """Begin an upload of what is sealed; its metadata is not kept, whatever it says."""
    deferred = request.headers.get("Upload-Defer-Length")
    length = _number("Upload-Length")
    if (length is None) == (deferred is None) or deferred not in {None, "1"}:
        abort(400)
    token = house().deposits.uploads.create(length)
    location = url_for("uploads.append", token=token)
    return Response(status=201, headers={"Location": location})


@room.route("/<token>", methods=["HEAD"])
@door(Door.OPEN)
def status(token: str) -> Response:
    """Say how much has arrived."""
    found = house().deposits.uploads.status(token)
    response = Response(headers={"Upload-Offset": str(found.offset)})
    if found.length is None:
        response.headers["Upload-Defer-Length"] = "1"
    else:
        response.headers["Upload-Length"] = str(found.length)
    return response


@room.patch("/<token>")
@door(Door.OPEN)
def append(token: str) -> Response:
    """Take some more; what arrives before a connection breaks is kept."""
    if request.mimetype != _CONTENT:
        abort(Response(status=415))
    offset, length = _number("Upload-Offset"), _number("Upload-Length")
    if offset is None:
        abort(400)
    deposits = house().deposits
    if length is not None:
        deposits.uploads.declare_length(token, length)
    body = cast("BinaryIO", request.stream)
    reached = deposits.append(token, offset, body, request.content_length)
    return Response(status=204, headers={"Upload-Offset": str(reached)})


@room.delete("/<token>")
@door(Door.OPEN)
def terminate(token: str) -> Response:
    """Forget an upload and all that came."""
    house().deposits.uploads.discard(token)
    return Response(status=204)


def _number(header: str) -> int | None:
    text = request.headers.get(header)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        abort(400)
    return int(text)
