"""Kiosk devices: they enrol and report; caretakers add, see and revoke them."""

import json

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from archive.kiosk_reports import KioskReportError, report_from
from archive.kiosks import (
    CODE_MINUTES,
    MAX_NAME,
    EnrolmentError,
    KioskNameError,
    RevokedKioskError,
)
from archive.throttle import ThrottledError
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.kiosk_devices import HEADER, failure
from archive.web.wiring import house

room = Blueprint("kiosk_devices", __name__)

_MOST_SENT = 4 << 10
_HALF = 4


@room.post("/kiosk/enrol")
@door(Door.OPEN)
def enrol() -> Response:
    """Give a device its token, for a code that is good once."""
    code = _code_from(_sent())
    if code is None:
        return failure("code", 400)
    try:
        token = house().kiosks.enrol(code, request.remote_addr or "")
    except EnrolmentError:
        return failure("code", 403)
    except ThrottledError as error:
        answer = failure("throttled", 429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    body = json.dumps({"token": token})
    return Response(body, 201, mimetype="application/json")


@room.post("/kiosk/report")
@door(Door.OPEN)
def report() -> Response:
    """Note what waits on a device."""
    try:
        told = report_from(_sent())
        house().kiosks.report(request.headers.get(HEADER, ""), told)
    except KioskReportError:
        return failure("report", 400)
    except RevokedKioskError:
        return failure("kiosk", 403)
    return Response(status=204)


@room.get("/desk/kiosks")
@door(Door.CARETAKER)
def kiosks() -> str:
    """Show every device and what waits on it."""
    return _page()


@room.post("/desk/kiosks")
@door(Door.CARETAKER)
def add() -> str | tuple[str, int]:
    """Let a device be enrolled; its code is shown once."""
    try:
        made = house().kiosks.add(current_actor(), request.form.get("name", ""))
    except KioskNameError:
        told = gettext("Give it a name of at most %(number)s letters.", number=MAX_NAME)
        return _page(problem=told), 422
    return _page(code=made.code)


@room.post("/desk/kiosks/<device_id>/revoke")
@door(Door.CARETAKER)
def revoke(device_id: str) -> Response:
    """End a device's service at once."""
    house().kiosks.revoke(current_actor(), device_id)
    return redirect(url_for("kiosk_devices.kiosks"), code=303)


def _page(*, code: str = "", problem: str = "") -> str:
    return render_template(
        "caretaker/kiosks.html",
        kiosks=house().kiosks.rows(current_actor()),
        required=house().kiosks.required,
        code=f"{code[:_HALF]} {code[_HALF:]}".strip(),
        minutes=CODE_MINUTES,
        longest=MAX_NAME,
        problem=problem,
    )


def _sent() -> bytes:
    request.max_content_length = _MOST_SENT
    return request.get_data(cache=False)


def _code_from(content: bytes) -> str | None:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, str) else None
