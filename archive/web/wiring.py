"""The archive's parts, made once per process and handed to rooms."""

from dataclasses import dataclass

from flask import current_app

from archive.config import Settings
from archive.house import House


@dataclass(frozen=True)
class Wiring:
    """Long-lived parts of one process; `own_tls`: with a certificate that we made."""

    settings: Settings
    house: House
    own_tls: bool = False


def wiring() -> Wiring:
    """Return the running application's parts."""
    found = current_app.extensions["resguardo"]
    if not isinstance(found, Wiring):
        raise TypeError("the application was not wired")
    return found


def house() -> House:
    """Return the running application's use cases."""
    return wiring().house
