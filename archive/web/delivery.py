"""Sends released bytes in bounded ranges, each decided anew, never cached."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from flask import Response, abort, request

from archive import logs
from archive.access import (
    MAX_RANGE,
    DamagedPartError,
    Giving,
    LockedError,
    NotHereError,
    VaultUnavailableError,
)
from archive.released import ChangedError, Released
from archive.views import View
from consent.actors import Actor
from consent.parts import Part

Release = Callable[[int, int], Released]

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_UNSATISFIABLE = 416
_BREAKS_OFF = (
    ChangedError,
    DamagedPartError,
    LockedError,
    NotHereError,
    VaultUnavailableError,
)


def play(  # noqa: PLR0913 - a request is all of these
    gate: Giving,
    actor: Actor,
    testimony_id: str,
    parts: Sequence[Part],
    *,
    listening: str | None = None,
    view: View | None = None,
) -> Response:
    """Answer with the first of some parts that is given; raise as for the last."""
    *before, last = parts
    for part in before:
        with suppress(NotHereError):
            return play(
                gate, actor, testimony_id, (part,), listening=listening, view=view
            )

    def release(offset: int, length: int) -> Released:
        return gate.release(
            actor, testimony_id, last, offset, length, listening=listening, view=view
        )

    return deliver(release)


def deliver(release: Release) -> Response:
    """Answer a GET or HEAD for a part; honours one range (RFC 9110, section 14)."""
    if request.method == "HEAD":
        return _without_bytes(release(0, 0))
    asked = request.headers.get("Range")
    if asked is None:
        return _all_of_it(release)
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.groups() == ("", ""):
        return _all_of_it(release)
    first, last = match.groups()
    if first:
        start = int(first)
        length = int(last) - start + 1 if last else MAX_RANGE
    else:
        total = release(0, 0).total
        length = min(int(last), total)
        start = total - length
    if length <= 0:
        abort(_UNSATISFIABLE)
    found = release(start, length)
    if start >= found.total:
        abort(_UNSATISFIABLE)
    end = start + len(found.data) - 1
    response = Response(found.data, 206, mimetype=found.media_type)
    response.headers["Content-Range"] = f"bytes {start}-{end}/{found.total}"
    response.headers["Accept-Ranges"] = "bytes"
    return response


def deliver_package(size: int, chunks: Iterator[bytes], name: str) -> Response:
    """Send a ZIP as it is made; closed meanwhile, it breaks off before its end.

    A browser knows by the length that was promised that it has not all of it.
    """

    def stream() -> Iterator[bytes]:
        try:
            yield from chunks
        except _BREAKS_OFF as error:
            logs.event("package-broken-off", kind=type(error).__name__)

    response = Response(stream(), 200, mimetype="application/zip")
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _without_bytes(found: Released) -> Response:
    # A HEAD is decided like the rest, and opens not one byte.
    return _described(Response(mimetype=found.media_type), found)


def _described(response: Response, found: Released) -> Response:
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(found.total)
    return response


def _all_of_it(release: Release) -> Response:
    first = release(0, MAX_RANGE)

    def stream() -> Iterator[bytes]:
        found, position = first, 0
        while found.data:
            yield found.data
            position += len(found.data)
            if position >= found.total:
                return
            try:
                found = release(position, MAX_RANGE)
            except NotHereError:
                # Closed meanwhile: the stream breaks off, as it should.
                return
            if (found.total, found.revision) != (first.total, first.revision):
                # Another copy, whose time runs otherwise: it is not joined to this one.
                return

    return _described(Response(stream(), 200, mimetype=first.media_type), first)
