"""`recibo.html`: one file with the words, the proof and what checks it.

It needs no network and no archive. The same receipt always makes the same page, so that
a changed word is found by making the page again.
"""

import base64
import json
import re
from functools import cache
from hashlib import sha256

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from archive import page_templates
from archive.receipts import compact
from archive.receipts.annex import NOTHING, Annex
from archive.receipts.receipt import Receipt
from archive.receipts.text import FORM, annexed, beyond, proven
from archive.telling.of_acts import told
from archive.telling.tongues import Tongue

_WIDEST = 27
"""The largest QR code that a phone reads from an 80 mm receipt."""

_DATA = re.compile(
    r'<script type="application/json" id="receipt">([^<]*)</script>', re.ASCII
)
_ANNEX = re.compile(r"(<!--annex-->\n)((?:<li>[^<>\n]*</li>\n)*)(<!--/annex-->)")


def page(receipt: Receipt, say: Tongue, annex: Annex = NOTHING) -> str:
    """Return the whole receipt as a page that stands alone."""
    style, script = _static("css/receipt.css"), _static("js/receipt.js")
    drawing, is_whole = square(receipt)
    return _template("receipt/recibo.html", say).render(
        say=say,
        told=told(say, receipt.entry.act),
        receipt=receipt,
        annex=annex,
        annexed=annexed(receipt, say),
        proven=[*proven(say), beyond(say)],
        qr=drawing,
        is_whole=is_whole,
        data=data(receipt, say),
        style=Markup(style),  # noqa: S704 - files of our own
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
    )


def discreet_page(receipt: Receipt, say: Tongue) -> str:
    """Return a page that names nothing: a day, and a proof that says nothing."""
    style = _static("css/receipt.css")
    return _template("receipt/discreet.html", say).render(
        say=say,
        receipt=receipt,
        qr=drawn(compact.bare(receipt)),
        digits=compact.bare(receipt),
        style=Markup(style),  # noqa: S704
        policy=_policy(style),
    )


def data(receipt: Receipt, say: Tongue) -> Markup:
    """Return what a page carries of its receipt; it can stand inside a script."""
    carried = {"form": FORM, "language": say.code, **receipt.evidence()}
    text = json.dumps(carried, sort_keys=True).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - no tag can begin in it


def carried_by(text: str) -> dict[str, object] | None:
    """Return what a page carries, or nothing where this is no such page."""
    found = _DATA.findall(text)
    return json.loads(found[0]) if len(found) == 1 else None


def without_annex(text: str) -> str:
    """Return a page without the list that no proof covers."""
    return _ANNEX.sub(r"\1\3", text)


def square(receipt: Receipt) -> tuple[Markup, bool]:
    """Draw as much of a receipt as fits; say whether it is all of it."""
    code = _code(compact.whole(receipt))
    if int(code.version) <= _WIDEST:
        return _svg(code), True
    return drawn(compact.bare(receipt)), False


def drawn(digits: str) -> Markup:
    """Draw digits as a QR code."""
    return _svg(_code(digits))


def _code(digits: str) -> segno.QRCode:
    return segno.make(digits, error="l", boost_error=False, micro=False)


def _svg(code: segno.QRCode) -> Markup:
    svg = code.svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(svg)  # noqa: S704 - made of digits alone


def _policy(style: str, script: str = "") -> str:
    allowed = [f"style-src '{_digest(style)}'"]
    if script:
        allowed.append(f"script-src '{_digest(script)}'")
    return "; ".join(
        ("default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'")
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _static(name: str) -> str:
    return (page_templates.STATIC / name).read_text(encoding="utf-8")


def _template(name: str, say: Tongue) -> Template:
    return _environment(say).get_template(name)


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
