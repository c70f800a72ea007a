"""The narrator's page: a claim code is all it takes."""

from contextlib import suppress

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from archive.access import DamagedPartError, LockedError, NotHereError
from archive.catalogue import NarratorCard
from archive.claims import BadClaimCodeError
from archive.entrance import WrongCodeError
from archive.receipts.issuing import HistoryLine
from archive.telling.tongues import tongue
from archive.web import identity
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.own_story import card_of
from archive.web.wiring import house
from consent.due import DueKind, due
from consent.parts import Part
from transcription.originals import originals, taken_out
from transcription.speaker_names import speakers
from transcription.transcript import Transcript

room = Blueprint("narrator", __name__, url_prefix="/mine")

_LONGEST_CODE = 400


@room.get("/enter")
@door(Door.OPEN)
def enter() -> str:
    """Ask for the claim code."""
    return render_template("narrator/enter.html", problem=None, code="")


@room.get("/key")
@door(Door.OPEN)
def enter_by_code() -> tuple[str, int]:
    """Ask for the claim code that a printed square carries behind "#".

    Browsers write addresses into their history with what is behind "#", before a page
    can take it out. Chromium shows nobody those that were not found.
    """
    return enter(), 404


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
    now = house().now()
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
        closed=_closed_just_now(cards),
        due={
            card.testimony_id: any(
                each.kind is DueKind.OPENS_IF_YOU_SAY for each in due(card.consent, now)
            )
            for card in cards
        },
        now=now,
    )


@room.get("/<testimony_id>")
@door(Door.NARRATOR)
def listen(testimony_id: str) -> str:
    """Hear and read one's own story."""
    card, actor = card_of(testimony_id), current_actor()
    # Named before it is read: what comes between the two is not approved unseen.
    edition = house().transcripts.edition(actor, testimony_id)
    try:
        words = house().transcripts.read(actor, testimony_id)
    except NotHereError:
        words = None
    machine = _machine(testimony_id) if words is not None else None
    return render_template(
        "narrator/listen.html",
        card=card,
        originals=originals(machine, words) if machine and words else {},
        taken_out=taken_out(machine, words) if machine and words else (),
        as_heard=words is not None and words == machine,
        undo=words is not None and house().corrections.before(actor, testimony_id),
        words=words,
        edition=edition,
        again=house().transcripts.languages,
        voices=speakers(words) if words is not None else (),
        altered=_is_disguised(testimony_id),
    )


def _machine(testimony_id: str) -> Transcript | None:
    # Words that were brought from elsewhere have none.
    with suppress(NotHereError, DamagedPartError):
        return house().transcripts.machine(current_actor(), testimony_id)
    return None


def _is_disguised(testimony_id: str) -> bool:
    # A narrator's look is not recorded: it leaves no trace among who listened.
    try:
        house().gate.release(current_actor(), testimony_id, Part.ALTERED_AUDIO, 0, 0)
    except (NotHereError, LockedError, DamagedPartError):
        return False
    return True


@room.get("/<testimony_id>/listeners")
@door(Door.NARRATOR)
def listeners(testimony_id: str) -> str:
    """Show who was given what."""
    return render_template(
        "narrator/listeners.html",
        card=card_of(testimony_id),
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


@room.post("/leave")
@door(Door.OPEN)
def leave() -> Response:
    """Leave now."""
    return identity.end(redirect(url_for("public.out"), code=303))  # type: ignore[arg-type]


def _closed_just_now(cards: list[NarratorCard]) -> list[str]:
    """Return what one press closed, as far as it can still be taken back."""
    named = set(request.args.getlist("closed"))
    return [
        card.testimony_id
        for card in cards
        if card.testimony_id in named
        and card.consent.withdrawn
        and card.consent.erases_after is None
    ]


def _newest(testimony_id: str) -> HistoryLine:
    say = tongue(current_language())
    return house().receipts.history(current_actor(), testimony_id, say)[0]


def _wrong_with(error: BadClaimCodeError) -> str:
    told = {
        "words": gettext("The key has seven words."),
        "unknown-word": gettext(
            "Look at word %(position)s again.", position=error.position
        ),
        "checksum": gettext("One word is not right. Look at each word again."),
    }
    return str(told[error.reason])
