"""The narrator's page: a claim code is all it takes."""

from base64 import b64encode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from archive.access import DamagedPartError, LockedError, NotHereError
from archive.claims import BadClaimCodeError
from archive.entrance import WrongCodeError
from archive.receipts import page
from archive.receipts.annex import Annex
from archive.receipts.issuing import HistoryLine
from archive.receipts.receipt import Receipt
from archive.telling.tongues import Tongue, tongue
from archive.web import identity
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.narrator_forms import (
    LEVELS,
    OFFERED,
    description_from,
    terms_from,
)
from archive.web.wiring import house
from consent.actors import Narrator
from consent.levels import Level, Naming
from consent.parts import Part
from transcription.speaker_names import speakers

room = Blueprint("narrator", __name__, url_prefix="/mine")

_LONGEST_CODE = 400


@room.get("/enter")
@door(Door.OPEN)
def enter() -> str:
    """Ask for the claim code."""
    return render_template("narrator/enter.html", problem=None, code="")


@room.post("/enter")
@door(Door.OPEN)
def come_in() -> Response | tuple[str, int]:
    """Recognise a claim code."""
    code = request.form.get("code", "")[:_LONGEST_CODE]
    try:
        token = house().entrance.enter(code, request.remote_addr or "")
    except BadClaimCodeError as error:
        problem = _wrong_with(error)
        return render_template("narrator/enter.html", problem=problem, code=code), 422
    except WrongCodeError:
        problem = gettext("No story has this key. Look at each word again.")
        return render_template("narrator/enter.html", problem=problem, code=code), 403
    return identity.begin(redirect(url_for("narrator.home"), code=303), token)  # type: ignore[arg-type]


@room.get("")
@door(Door.NARRATOR)
def home() -> str:
    """Show one card for each testimony."""
    actor = current_actor()
    cards = house().catalogue.of_narrator(actor)
    for card in cards:
        if card.damaged != "all":
            house().trust.alive(actor, card.testimony_id)
    newest = {
        card.testimony_id: _newest(card.testimony_id)
        for card in cards
        if card.damaged != "all"
    }
    sound = [each.testimony_id for each in cards if each.damaged != "all"]
    return render_template(
        "narrator/home.html",
        cards=cards,
        recovery=house().recovery.chosen(actor, sound[0]) if sound else None,
        recovering=sound[:1],
        recoveries=house().recovery.in_hand(actor),
        left=house().inbox.left_to(actor),
        entrusted=house().trust.entrusted_to(actor),
        newest=newest,
        Level=Level,
    )


@room.get("/<testimony_id>")
@door(Door.NARRATOR)
def listen(testimony_id: str) -> str:
    """Hear and read one's own story."""
    card = _card(testimony_id)
    # Named before it is read: what comes between the two is not approved unseen.
    edition = house().transcripts.edition(current_actor(), testimony_id)
    try:
        words = house().transcripts.read(current_actor(), testimony_id)
    except NotHereError:
        words = None
    return render_template(
        "narrator/listen.html",
        card=card,
        words=words,
        edition=edition,
        again=house().transcripts.languages,
        voices=speakers(words) if words is not None else (),
        altered=_is_disguised(testimony_id),
    )


def _is_disguised(testimony_id: str) -> bool:
    # A narrator's look is not recorded: it leaves no trace among who listened.
    try:
        house().gate.release(current_actor(), testimony_id, Part.ALTERED_AUDIO, 0, 0)
    except (NotHereError, LockedError, DamagedPartError):
        return False
    return True


@room.get("/<testimony_id>/terms")
@door(Door.NARRATOR)
def terms(testimony_id: str) -> str:
    """Show who may have what."""
    return render_template(
        "narrator/terms.html",
        card=_card(testimony_id),
        terms=house().wishes.terms(current_actor(), testimony_id),
        offered=OFFERED,
        levels=LEVELS,
        Level=Level,
        Naming=Naming,
    )


@room.post("/<testimony_id>/terms")
@door(Door.NARRATOR)
def change_terms(testimony_id: str) -> Response:
    """Change who may have what."""
    wishes, actor = house().wishes, current_actor()
    before = wishes.terms(actor, testimony_id)
    wishes.change_terms(actor, testimony_id, terms_from(request.form, before))
    if "title" in request.form:
        described = wishes.description(actor, testimony_id)
        wishes.describe(actor, testimony_id, description_from(request.form, described))
    return redirect(url_for("narrator.home"), code=303)


@room.get("/<testimony_id>/listeners")
@door(Door.NARRATOR)
def listeners(testimony_id: str) -> str:
    """Show who was given what."""
    return render_template(
        "narrator/listeners.html",
        card=_card(testimony_id),
        listeners=house().listeners.of(current_actor(), testimony_id),
    )


@room.post("/<testimony_id>/withdraw")
@door(Door.NARRATOR)
def withdraw(testimony_id: str) -> Response:
    """Close it to everyone else, at once."""
    house().wishes.withdraw(current_actor(), testimony_id)
    return redirect(url_for("narrator.home"), code=303)


@room.post("/<testimony_id>/restore")
@door(Door.NARRATOR)
def restore(testimony_id: str) -> Response:
    """Take a withdrawal back."""
    house().wishes.restore(current_actor(), testimony_id)
    return redirect(url_for("narrator.home"), code=303)


@room.get("/<testimony_id>/erase")
@door(Door.NARRATOR)
def ask_erase(testimony_id: str) -> str:
    """Say what erasing destroys, and what it cannot call back."""
    return render_template("narrator/erase.html", card=_card(testimony_id))


@room.post("/<testimony_id>/erase")
@door(Door.NARRATOR)
def erase(testimony_id: str) -> str:
    """Destroy the testimony's keys."""
    say = tongue(current_language())
    others = house().wishes.others(current_actor(), testimony_id)
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


@room.post("/leave")
@door(Door.OPEN)
def leave() -> Response:
    """Leave now."""
    return identity.end(redirect(url_for("public.home"), code=303))  # type: ignore[arg-type]


def _card(testimony_id: str) -> object:
    for card in house().catalogue.of_narrator(current_actor()):
        if card.testimony_id == testimony_id:
            return card
    raise NotHereError


def _newest(testimony_id: str) -> HistoryLine:
    say = tongue(current_language())
    return house().receipts.history(current_actor(), testimony_id, say)[0]


def _kept(receipt: Receipt, say: Tongue, annex: Annex) -> str:
    """Return a link to the whole receipt: after an erasure nobody can ask for it."""
    written = b64encode(page.page(receipt, say, annex).encode()).decode()
    return f"data:text/html;base64,{written}"


def _wrong_with(error: BadClaimCodeError) -> str:
    told = {
        "words": gettext("The key has seven words."),
        "unknown-word": gettext(
            "Look at word %(position)s again.", position=error.position
        ),
        "checksum": gettext("One word is not right. Look at each word again."),
    }
    return str(told[error.reason])
