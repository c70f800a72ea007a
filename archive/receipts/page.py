"""`recibo.html`: one file with the words, the proof and what checks it.

It needs no network and no archive. The same receipt always makes the same page, so that
a changed word is found by making the page again.
"""

import json
import re

import segno
from markupsafe import Markup

from archive.lone_pages import policy, static, template
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
    style, script = static("css/receipt.css"), static("js/receipt.js")
    drawing, is_whole = square(receipt)
    return template("receipt/recibo.html", say).render(
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
        policy=policy(style, script),
    )


def discreet_page(receipt: Receipt, say: Tongue) -> str:
    """Return a page that names nothing: a day, and a proof that says nothing."""
    style = static("css/receipt.css")
    return template("receipt/discreet.html", say).render(
        say=say,
        receipt=receipt,
        qr=drawn(compact.bare(receipt)),
        digits=compact.bare(receipt),
        style=Markup(style),  # noqa: S704
        policy=policy(style),
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
