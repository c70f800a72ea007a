"""Pages that stand alone: one file, opened without network or archive."""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from archive import page_templates
from archive.telling.tongues import Tongue


@cache
def static(name: str) -> str:
    """Return the text of a static file, to stand inside a page."""
    return (page_templates.STATIC / name).read_text(encoding="utf-8")


def template(name: str, say: Tongue) -> Template:
    """Return a template whose sentences are in a language."""
    return _environment(say).get_template(name)


def policy(style: str, script: str = "", also: tuple[str, ...] = ()) -> str:
    """Return a Content-Security-Policy that allows these alone, and nothing outside."""
    allowed = [f"style-src '{_digest(style)}'"]
    if script:
        allowed.append(f"script-src '{_digest(script)}'")
    return "; ".join(
        ("default-src 'none'", *allowed, *also, "base-uri 'none'", "form-action 'none'")
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _environment(say: Tongue) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(page_templates.folder()),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(say.catalogue, newstyle=True)  # type: ignore[attr-defined]
    return environment
