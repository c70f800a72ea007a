"""A narrator's history, and a receipt for each act: to print, to keep, to carry."""

from flask import Blueprint, Response, make_response, render_template

from archive.receipts import compact, page
from archive.receipts.receipt import Receipt
from archive.receipts.text import proven
from archive.telling.of_acts import told
from archive.telling.tongues import Tongue, tongue
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.wiring import house

room = Blueprint("receipts", __name__, url_prefix="/mine/<testimony_id>")


@room.get("/history")
@door(Door.NARRATOR)
def history(testimony_id: str) -> str:
    """Show all that was done, newest first."""
    lines = house().receipts.history(current_actor(), testimony_id, _say())
    return render_template(
        "narrator/history.html",
        testimony_id=testimony_id,
        lines=lines,
        erases_after=house().wishes.consent(current_actor(), testimony_id).erases_after,
    )


@room.get("/receipts/<int:sequence>")
@door(Door.NARRATOR)
def show(testimony_id: str, sequence: int) -> str:
    """Show one receipt, to print or to keep."""
    receipt = _receipt(testimony_id, sequence)
    names = house().past.names(current_actor(), testimony_id)
    drawing, is_whole = page.square(receipt)
    return render_template(
        "narrator/receipt.html",
        testimony_id=testimony_id,
        receipt=receipt,
        told=told(_say(), receipt.entry.act, names),
        annex=house().receipts.annex(current_actor(), testimony_id, sequence, _say()),
        proven=proven(_say()),
        qr=drawing,
        is_whole=is_whole,
    )


@room.get("/receipts/<int:sequence>/discreet")
@door(Door.NARRATOR)
def discreet(testimony_id: str, sequence: int) -> str:
    """Show a receipt that names nothing, to print."""
    receipt = _receipt(testimony_id, sequence)
    return render_template(
        "narrator/discreet.html",
        testimony_id=testimony_id,
        receipt=receipt,
        qr=page.drawn(compact.bare(receipt)),
    )


@room.get("/receipts/<int:sequence>/recibo.html")
@door(Door.NARRATOR)
def keep(testimony_id: str, sequence: int) -> Response:
    """Give the receipt as a page that checks itself."""
    receipt = _receipt(testimony_id, sequence)
    annex = house().receipts.annex(current_actor(), testimony_id, sequence, _say())
    return _file(page.page(receipt, _say(), annex), receipt, "html")


@room.get("/receipts/<int:sequence>/discreet.html")
@door(Door.NARRATOR)
def keep_discreet(testimony_id: str, sequence: int) -> Response:
    """Give the receipt that names nothing, as a page."""
    receipt = _receipt(testimony_id, sequence)
    return _file(page.discreet_page(receipt, _say()), receipt, "html")


@room.get("/receipts/<int:sequence>/recibo.json")
@door(Door.NARRATOR)
def keep_record(testimony_id: str, sequence: int) -> Response:
    """Give the record for machines."""
    receipt = _receipt(testimony_id, sequence)
    return _file(receipt.to_json(), receipt, "json")


def _receipt(testimony_id: str, sequence: int) -> Receipt:
    return house().receipts.receipt(current_actor(), testimony_id, sequence)


def _say() -> Tongue:
    return tongue(current_language())


def _file(text: str, receipt: Receipt, ending: str) -> Response:
    response = make_response(text)
    response.mimetype = {"html": "text/html", "json": "application/ld+json"}[ending]
    name = f"recibo-{receipt.entry.day.isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
