"""Lets kiosk devices in: a revoked one never, and others as the archive is set."""

from flask import Response, abort, jsonify, request

from archive.kiosks import RevokedKioskError
from archive.web.wiring import house

HEADER = "Kiosk"
_FORBIDDEN = 403


def admit_device() -> None:
    """Abort with 403 where a device may not deposit: for `before_request`.

    A token that is sent is that of a device in service, whether one is needed or not.
    """
    token = request.headers.get(HEADER, "")
    if not token and not house().kiosks.required:
        return
    try:
        house().kiosks.device_of(token)
    except RevokedKioskError:
        abort(failure("kiosk", _FORBIDDEN))


def failure(code: str, status: int) -> Response:
    """Return an error as devices read it: `{"error": code}`."""
    told = jsonify(error=code)
    told.status_code = status
    return told
