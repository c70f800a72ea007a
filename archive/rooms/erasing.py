"""Closing everything, and erasing: at once, or after days to change one's mind."""

from base64 import b64encode
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.receipts import page
from archive.receipts.annex import Annex
from archive.receipts.receipt import Receipt
from archive.telling.tongues import Tongue, tongue
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.own_story import card_of
from archive.web.wiring import house
from consent.actors import Narrator

room = Blueprint("erasing", __name__, url_prefix="/mine")

NOW, LATER = "now", "later"


@room.post("/withdraw")
@door(Door.NARRATOR)
def withdraw_all() -> Response:
    """Close all of one's stories to everyone else, at once."""
    closed = house().erasures.withdraw_all(current_actor())
    return redirect(url_for("narrator.home", closed=closed), code=303)


@room.post("/restore")
@door(Door.NARRATOR)
def restore_some() -> Response:
    """Take back what was closed with one press; what was closed before stays."""
    for testimony_id in request.form.getlist("testimony_id"):
        house().wishes.restore(current_actor(), testimony_id)
    return redirect(url_for("narrator.home"), code=303)


@room.get("/<testimony_id>/erase")
@door(Door.NARRATOR)
def ask(testimony_id: str) -> str:
    """Say what erasing destroys, and what it cannot call back."""
    say = tongue(current_language())
    annex = house().receipts.before_erasing(current_actor(), testimony_id, say)
    card = card_of(testimony_id)
    return render_template("narrator/erase.html", card=card, annex=annex)


@room.get("/<testimony_id>/erase/sure")
@door(Door.NARRATOR)
def sure(testimony_id: str) -> str:
    """Let it be said: with days to change one's mind, or now."""
    card = card_of(testimony_id)
    # What is damaged cannot wait: nobody could tell later that it was asked.
    asked = card.consent.erases_after is not None
    wait = not (card.damaged == "all" or card.others or asked)
    return render_template(
        "narrator/sure.html",
        card=card,
        wait=wait and house().erasures.days > 0,
        until=house().erasures.last_day(),
    )


@room.post("/<testimony_id>/erase")
@door(Door.NARRATOR)
def erase(testimony_id: str) -> str | Response:
    """Close it now and erase it after some days; or destroy its keys now."""
    # Asked of the ledger alone: closing does not wait for whoever holds the keys.
    others = house().wishes.others(current_actor(), testimony_id)
    if others and request.form.get("when") == LATER:
        # Someone joined since that was read: leaving is done at once, and is asked.
        return redirect(url_for(".ask", testimony_id=testimony_id), code=303)
    now = request.form.get("when") == NOW or not house().erasures.days
    if now or others:
        return _destroyed(testimony_id, others)
    until = house().erasures.ask(current_actor(), testimony_id)
    return _waiting(testimony_id, until)


@room.post("/<testimony_id>/keep")
@door(Door.NARRATOR)
def keep(testimony_id: str) -> Response:
    """Change one's mind: it is not erased, and stays closed."""
    house().erasures.call_off(current_actor(), testimony_id)
    return redirect(url_for("narrator.home"), code=303)


def _waiting(testimony_id: str, until: date) -> str:
    say = tongue(current_language())
    line = house().receipts.history(current_actor(), testimony_id, say)[0]
    return render_template(
        "narrator/erasing.html", testimony_id=testimony_id, until=until, line=line
    )


def _destroyed(testimony_id: str, others: int) -> str:
    say = tongue(current_language())
    # What it stopped is gone with it: it is told now or never.
    before = house().receipts.before_erasing(current_actor(), testimony_id, say)
    proven = house().wishes.erase(current_actor(), testimony_id)
    receipt = house().receipts.of_erasure(proven)
    return render_template(
        "narrator/erased.html",
        others=others,
        noted_outside=house().wishes.noted_outside(testimony_id),
        more=isinstance(current_actor(), Narrator),
        annex=before,
        receipt=receipt,
        kept=_kept(receipt, say, before) if receipt else "",
        qr=page.square(receipt)[0] if receipt else "",
    )


def _kept(receipt: Receipt, say: Tongue, annex: Annex) -> str:
    """Return a link to the whole receipt: after an erasure nobody can ask for it."""
    written = b64encode(page.page(receipt, say, annex).encode()).decode()
    return f"data:text/html;base64,{written}"
