"""Logging: event names and opaque ids only, on standard error."""

import logging
import sys


def configure(level: int = logging.INFO) -> None:
    """Send `resguardo` events to standard error; silence what libraries say of people.

    Libraries may log file names, addresses and request lines: only their warnings
    pass, and never gunicorn's access log.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    logging.getLogger("resguardo").setLevel(level)


def event(name: str, **ids: str | float) -> None:
    """Log that something happened; `ids` are opaque ids, codes and counts."""
    told = " ".join(f"{key}={value}" for key, value in sorted(ids.items()))
    logging.getLogger("resguardo").info("%s %s", name, told)
