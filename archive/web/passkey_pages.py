"""Whether passkeys are offered at the address by which somebody came."""

from flask import Flask, request

from archive.credentials import without_words
from archive.passkey_site import relying_party
from archive.web.identity import current_actor
from archive.web.wiring import wiring


def install(app: Flask) -> None:
    """Let templates ask."""
    app.jinja_env.globals.update(passkeys_offered=offered, by_words=by_words)


def origin() -> str:
    """Return the address of this archive, as the browser has it."""
    return request.host_url.rstrip("/")


def offered() -> bool:
    """Say whether there can be passkeys here; the vault asks itself again."""
    return relying_party(wiring().settings, origin()) is not None


def by_words() -> bool:
    """Say whether who is here came in with their seven words."""
    return not without_words(current_actor())
