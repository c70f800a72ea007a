"""The open door: what narrators made public, and the way to the other rooms."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import NotHereError
from archive.seen_as import Shown
from archive.web.doors import Door, door
from archive.web.identity import current_actor, current_listening
from archive.web.locale import remember
from archive.web.wiring import house, wiring
from consent.audiences import Audience
from consent.levels import Level
from consent.parts import Part

room = Blueprint("public", __name__)

_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]*")


@room.get("/")
@door(Door.OPEN)
def home() -> str:
    """Welcome, and list what this visitor may know of."""
    cards = house().catalogue.visible(current_actor())
    return render_template("public/home.html", cards=cards, Level=Level)


@room.get("/t/<testimony_id>")
@door(Door.OPEN)
def testimony(testimony_id: str) -> str:
    """Show a testimony as this visitor may have it."""
    return drawn(testimony_id, house().showing.mine())


def drawn(testimony_id: str, shown: Shown, seen_by: Audience | None = None) -> str:
    """Draw a testimony as whoever asks may have it, or its narrator as `seen_by`."""
    actor = current_actor()
    card = shown.card(actor, testimony_id)
    try:
        words = shown.transcripts.read(actor, testimony_id, current_listening())
    except NotHereError:
        words = None
    return render_template(
        "public/testimony.html",
        card=card,
        words=words,
        seen_by=seen_by,
        Level=Level,
        Part=Part,
    )


@room.get("/out")
@door(Door.OPEN)
def out() -> Response | str:
    """Show whoever left a page that names nothing, or the one the archive chose."""
    neutral = wiring().settings.neutral_page
    return (
        redirect(neutral, code=303) if neutral else render_template("public/out.html")
    )


@room.get("/language/<code>")
@door(Door.OPEN)
def language(code: str) -> Response:
    """Change the language and come back."""
    target = request.args.get("next", "")
    # Only a path of ours: `//host` and `/\host` lead elsewhere, and browsers drop
    # tabs and line breaks before they look.
    if not _OWN_PATH.fullmatch(target):
        target = url_for("public.home")
    return remember(redirect(target, code=303), code)  # type: ignore[arg-type]
