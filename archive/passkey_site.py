"""For which address passkeys are made: browsers bind them to a name, never to a number.

Web and vault ask the same question, so that none is offered that would be refused.
"""

from urllib.parse import urlsplit

from archive.config import Settings

_HERE = "localhost"


class WrongPasskeyError(Exception):
    """Unknown, removed, of elsewhere, used before or not signed by it, all alike."""


def relying_party(settings: Settings, origin: str) -> str | None:
    """Return the name that passkeys are bound to (RP ID) at an origin; `None`: at none.

    Without a public address there are none but on the machine itself, to try them.
    """
    told = urlsplit(origin)
    if settings.public_url:
        return told.hostname if origin == settings.public_url else None
    if settings.https or told.scheme != "http" or told.hostname != _HERE:
        return None
    return _HERE if origin == f"http://{told.netloc}" else None
