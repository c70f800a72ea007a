"""Errors as sentences in the reader's language; refused and unknown look the same."""

from flask import Flask, Response, make_response, render_template, request
from flask_babel import format_date, gettext, ngettext
from werkzeug.exceptions import HTTPException

from archive import logs
from archive.access import (
    DamagedPartError,
    DamagedStoryError,
    FrozenError,
    LedgerError,
    LockedError,
    NeedsWordsError,
    NotHereError,
    VaultUnavailableError,
)
from archive.entrance import BusyError
from archive.released import ChangedError
from archive.throttle import ThrottledError
from archive.wishes import NotAloneError

_INTERNAL = 500


def install(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(NotHereError, _not_here)
    app.register_error_handler(404, _not_here)
    app.register_error_handler(NotAloneError, _not_alone)
    app.register_error_handler(FrozenError, _frozen)
    app.register_error_handler(LockedError, _locked)
    app.register_error_handler(NeedsWordsError, _needs_words)
    app.register_error_handler(ThrottledError, _throttled)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(VaultUnavailableError, _busy)
    app.register_error_handler(ChangedError, _changed)
    app.register_error_handler(DamagedPartError, _damaged)
    app.register_error_handler(DamagedStoryError, _damaged_story)
    app.register_error_handler(LedgerError, _unproven)
    app.register_error_handler(HTTPException, _other)
    app.register_error_handler(Exception, _unforeseen)


def page(message: str, status: int, retry_after: int | None = None) -> Response:
    """Return an error page, or a bare line for those who want no page."""
    if request.accept_mimetypes.accept_html:
        body = render_template("errors/error.html", message=message, status=status)
    else:
        body = message + "\n"
    response = make_response(body, status)
    if not request.accept_mimetypes.accept_html:
        response.mimetype = "text/plain"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _not_here(_: Exception) -> Response:
    return page(gettext("There is nothing here."), 404)


def _not_alone(_: Exception) -> Response:
    message = gettext(
        "Someone else speaks in it too. One alone can take from its title, topics and "
        "names, but not add to them. Everything else was saved."
    )
    return page(message, 409)


def _locked(_: Exception) -> Response:
    return page(gettext("The archive is locked now. Nothing can be opened."), 503, 600)


def _needs_words(_: Exception) -> Response:
    return page(gettext("For this, enter with your seven words."), 403)


def _frozen(error: FrozenError) -> Response:
    told = gettext(
        "Until %(day)s nothing can be opened. You can close it at any time.",
        day=format_date(error.until, "long"),
    )
    return page(told, 409)


def _throttled(error: ThrottledError) -> Response:
    message = ngettext(
        "Too many tries. Wait %(num)s minute.",
        "Too many tries. Wait %(num)s minutes.",
        -(-error.retry_after // 60),
    )
    return page(message, 429, error.retry_after)


def _busy(error: BusyError | VaultUnavailableError) -> Response:
    return page(gettext("Please try again in a moment."), 503, error.retry_after)


def _changed(_: Exception) -> Response:
    return page(gettext("Please try again in a moment."), 503, 1)


def _damaged(_: Exception) -> Response:
    return page(gettext("This recording is damaged and stays closed."), 500)


def _damaged_story(_: Exception) -> Response:
    told = gettext(
        "This story's record is damaged. Nothing of it opens until the archive's "
        "caretakers bring it back from a backup. You can still erase it."
    )
    return page(told, 500)


def _unproven(_: Exception) -> Response:
    told = gettext("The archive cannot give receipts now. Your story is safe.")
    return page(told, 503, 600)


def _other(error: HTTPException) -> Response:
    told = {
        403: gettext("That request did not come from this page."),
        405: gettext("That cannot be done here."),
        413: gettext("That is too large."),
        416: gettext("There is no such stretch."),
    }
    status = error.code or _INTERNAL
    return page(told.get(status, gettext("That could not be understood.")), status)


def _unforeseen(error: Exception) -> Response:
    # The kind alone: a message could hold words, names or codes.
    logs.event("request-error", kind=type(error).__name__)
    return page(gettext("Something went wrong here. Nothing was lost."), _INTERNAL)
