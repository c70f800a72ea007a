"""Where the pages' templates and what is built for browsers lie."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
STATIC = _PACKAGE / "static"


def folder() -> Path:
    """Return the templates: beside the package in a checkout, inside it in a wheel."""
    inside = _PACKAGE / "templates"
    return inside if inside.exists() else _PACKAGE.parent / "templates"
