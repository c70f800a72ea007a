"""One's own story as others have it, drawn by the very code that serves them."""

from flask import Blueprint, Response, render_template

from archive.access import NotHereError
from archive.rooms.public import drawn
from archive.seen_as import Shown
from archive.web.delivery import play
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.wiring import house
from consent.audiences import TRANSCRIBER, Audience
from consent.parts import HEARD_BY_OTHERS

room = Blueprint("seen_as", __name__, url_prefix="/mine/<testimony_id>/as/<audience>")


@room.get("")
@door(Door.NARRATOR)
def testimony(testimony_id: str, audience: str) -> str:
    """Show a testimony as an audience has it, or that it has none."""
    seen_by = _audience(audience)
    house().wishes.standing(current_actor(), testimony_id)
    try:
        return drawn(testimony_id, _shown(seen_by), seen_by)
    except NotHereError:
        return render_template(
            "narrator/unseen.html", testimony_id=testimony_id, seen_by=seen_by
        )


@room.get("/audio")
@door(Door.NARRATOR)
def audio(testimony_id: str, audience: str) -> Response:
    """Play what an audience hears."""
    shown = _shown(_audience(audience))
    return play(shown.gate, current_actor(), testimony_id, HEARD_BY_OTHERS)


@room.get("/captions.vtt")
@door(Door.NARRATOR)
def captions(testimony_id: str, audience: str) -> Response:
    """Give the captions that an audience reads."""
    shown = _shown(_audience(audience))
    text = shown.transcripts.captions(current_actor(), testimony_id)
    return Response(text, mimetype="text/vtt")


def _shown(audience: Audience) -> Shown:
    return house().showing.of(audience)


def _audience(text: str) -> Audience:
    try:
        found = Audience.parse(text)
    except ValueError as error:
        raise NotHereError from error
    if found == TRANSCRIBER:
        raise NotHereError
    return found
