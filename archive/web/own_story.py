"""A narrator's own story, its terms, and a change of them, for every page about it."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import NotHereError
from archive.catalogue import NarratorCard
from archive.web.identity import current_actor
from archive.web.wiring import house, wiring
from consent import changing
from consent.audiences import PUBLIC, Audience
from consent.terms import Terms


def card_of(testimony_id: str) -> NarratorCard:
    """Return the card of one's own story, or raise `NotHereError`."""
    for card in house().catalogue.of_narrator(current_actor()):
        if card.testimony_id == testimony_id:
            return card
    raise NotHereError


def terms_of(testimony_id: str) -> Terms:
    """Return one's own terms, as they were last said."""
    return house().wishes.terms(current_actor(), testimony_id)


class _NotSureError(Exception):
    """It opens to anyone at all, and was not asked about."""


def change_to(
    testimony_id: str,
    alter: Callable[[Terms], Terms],
    audience: Audience | None,
    names: tuple[str, ...],
) -> Response | str:
    """Change terms; what opens it to anyone at all is asked once more before.

    `names` are the fields that are carried over that question. No `audience`: it is
    said for after death.
    """

    def altered(before: Terms) -> Terms:
        after, sure = alter(before), request.form.get("sure") == "yes"
        if not sure and changing.opens_to_anyone(before, after):
            raise _NotSureError
        return after

    try:
        # Tried first: what makes no sense leaves no mark.
        altered(terms_of(testimony_id))
        house().wishes.alter_terms(current_actor(), testimony_id, altered)
    except _NotSureError:
        return render_template(
            "terms/sure.html",
            testimony_id=testimony_id,
            audience=audience or PUBLIC,
            after=audience is None,
            carried=carried(names),
            hours=wiring().settings.cooling_off_hours,
        )
    return back(testimony_id)


def carried(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what a form says in some fields, to hand it to the next page."""
    return [(n, v) for n, v in request.form.items(multi=True) if n in names]


def back(testimony_id: str) -> Response:
    """Go back to who may have what."""
    return redirect(url_for("terms.overview", testimony_id=testimony_id), code=303)
