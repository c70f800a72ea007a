"""Sound and captions, for whoever the gate gives them to."""

from flask import Blueprint, Response

from archive.web.delivery import play
from archive.web.doors import Door, door
from archive.web.identity import current_actor, current_listening
from archive.web.wiring import house
from consent.parts import HEARD_BY_OTHERS, Part

room = Blueprint("media", __name__, url_prefix="/media")


@room.get("/<testimony_id>/audio")
@door(Door.OPEN)
def audio(testimony_id: str) -> Response:
    """Play the copy one may have; to its narrator the original until there is one."""
    return _played(testimony_id, *HEARD_BY_OTHERS, Part.ORIGINAL)


@room.get("/<testimony_id>/altered")
@door(Door.OPEN)
def altered(testimony_id: str) -> Response:
    """Play the disguised copy, to its narrator too."""
    return _played(testimony_id, Part.ALTERED_AUDIO)


@room.get("/<testimony_id>/captions.vtt")
@door(Door.OPEN)
def captions(testimony_id: str) -> Response:
    """Give captions as WebVTT."""
    text = house().transcripts.captions(
        current_actor(), testimony_id, current_listening()
    )
    return Response(text, mimetype="text/vtt")


def _played(testimony_id: str, *parts: Part) -> Response:
    return play(
        house().gate,
        current_actor(),
        testimony_id,
        parts,
        listening=current_listening(),
    )
