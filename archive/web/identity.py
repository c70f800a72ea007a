"""Turns a session cookie into an actor; the only reader of cookies of identity."""

from hashlib import sha256

from flask import Response, request

from archive.web.wiring import house, wiring
from consent.actors import Actor


def cookie_name() -> str:
    """Return the cookie's name; browsers bind `__Host-` cookies to https and host."""
    return "__Host-resguardo" if wiring().settings.https else "resguardo"


def current_token() -> str | None:
    """Return the token that the browser sent."""
    return request.cookies.get(cookie_name())


def current_actor() -> Actor:
    """Say who is asking; whoever cannot be placed is `Anyone`."""
    return house().sessions.actor(current_token())


def current_listening() -> str | None:
    """Return what ties the ranges of one session together, without telling whose."""
    token = current_token()
    return sha256(f"listening {token}".encode()).hexdigest() if token else None


def begin(response: Response, token: str) -> Response:
    """Let the browser carry a session's token, until it is closed."""
    response.set_cookie(
        cookie_name(),
        token,
        secure=wiring().settings.https,
        httponly=True,
        samesite="Strict",
        path="/",
    )
    return response


def end(response: Response) -> Response:
    """End the session here and in the browser."""
    house().sessions.end(current_token())
    # With the same attributes: without `secure` browsers refuse it a `__Host-` name.
    response.delete_cookie(
        cookie_name(),
        secure=wiring().settings.https,
        httponly=True,
        samesite="Strict",
        path="/",
    )
    # Not "storage": a kiosk on this origin may keep what is still to be sent there.
    response.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return response
