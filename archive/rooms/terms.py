"""Who may have a story and when: one audience, and one question, at a time."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from archive.access import NotHereError
from archive.telling.of_terms import given_in
from archive.telling.tongues import tongue
from archive.web import terms_forms as forms
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.own_story import back, card_of, carried, change_to, terms_of
from archive.web.terms_words import field_of, problem_of
from archive.web.wiring import house
from consent import changing
from consent.audiences import TRANSCRIBER, Audience, AudienceKind
from consent.due import due
from consent.levels import Level, Naming
from consent.terms import Terms

room = Blueprint("terms", __name__, url_prefix="/mine/<testimony_id>/terms")

Page = Response | str | tuple[str, int]
_CARRIED = (
    "level",
    "more",
    "ask",
    "use",
    "when",
    "from",
    "from-until",
    "until",
    "opens",
)
"""What one page of a change hands to the next."""


@room.get("")
@door(Door.NARRATOR)
def overview(testimony_id: str) -> str:
    """Say who may have what, with a way to change each."""
    card, terms = card_of(testimony_id), terms_of(testimony_id)
    say = tongue(current_language())
    audiences = _audiences(terms)
    now = house().now()
    return render_template(
        "terms/overview.html",
        card=card,
        terms=terms,
        audiences=[(each, forms.said_to(terms, each)) for each in audiences],
        given_in=lambda given: given_in(say, given),
        due={each.audience: each for each in due(card.consent, now)},
        now=now,
        Naming=Naming,
    )


@room.get("/<audience>")
@door(Door.NARRATOR)
def what(testimony_id: str, audience: str) -> Page:
    """Ask what one audience may have."""
    card_of(testimony_id)
    return _what(testimony_id, _known(testimony_id, audience))


@room.get("/<audience>/when")
@door(Door.NARRATOR)
def when(testimony_id: str, audience: str) -> Page:
    """Ask from when, or until when."""
    card_of(testimony_id)
    known = _known(testimony_id, audience)
    said = forms.said_to(terms_of(testimony_id), known)
    if said.level is Level.NOTHING:
        # There is nothing yet that could be opened on a day.
        where = url_for(".what", testimony_id=testimony_id, audience=known)
        return redirect(where, code=303)
    return _when(testimony_id, known, said, _days_of(said))


@room.post("/<audience>")
@door(Door.NARRATOR)
def change(testimony_id: str, audience: str) -> Page:
    """Change what one audience has; the next question where one is left open."""
    known, form = _known(testimony_id, audience), request.form
    said, today = forms.said_to(terms_of(testimony_id), known), house().now().date()

    def alter(terms: Terms) -> Terms:
        return forms.changed(terms, known, form, today)

    try:
        return change_to(testimony_id, alter, known, _CARRIED)
    except forms.WhenMissingError:
        return _when(testimony_id, known, said, MultiDict({"when": "not-yet"}))
    except forms.TermsError as error:
        asked = _what if "when" not in form or error.code == "level" else _when
        if asked is _what:
            return _what(testimony_id, known, error.code), 422
        return _when(testimony_id, known, said, form, error.code), 422


@room.post("/only-me")
@door(Door.NARRATOR)
def only_me(testimony_id: str) -> Response:
    """Give nobody else anything."""
    house().wishes.alter_terms(current_actor(), testimony_id, changing.only_mine)
    return back(testimony_id)


@room.post("/cancel")
@door(Door.NARRATOR)
def cancel(testimony_id: str) -> Response:
    """Take back what was opened wider and still waits."""
    house().wishes.stop_widening(current_actor(), testimony_id)
    return back(testimony_id)


def _what(testimony_id: str, audience: Audience, code: str = "") -> str:
    said = forms.said_to(terms_of(testimony_id), audience)
    return render_template(
        "terms/what.html",
        testimony_id=testimony_id,
        audience=audience,
        said=said,
        levels=sorted({*forms.LEVELS, said.level}),
        uses=forms.USES,
        problem=problem_of(code) if code else "",
        Level=Level,
    )


def _when(
    testimony_id: str,
    audience: Audience,
    said: forms.Said,
    form: MultiDict[str, str],
    code: str = "",
) -> str:
    return render_template(
        "terms/when.html",
        testimony_id=testimony_id,
        audience=audience,
        said=said,
        form=form,
        carried=carried(("level", "more", "ask", "use")),
        whens=forms.WHENS,
        tomorrow=house().now().date() + timedelta(days=1),
        problem=problem_of(code) if code else "",
        wrong=field_of(code) if code else "",
    )


def _days_of(said: forms.Said) -> MultiDict[str, str]:
    """Return the form as it would have been filled in for what holds."""
    found: MultiDict[str, str] = MultiDict({"when": said.when})
    given = said.permission
    if given is not None and given.not_before is not None:
        found["from"] = given.not_before.date().isoformat()
        found["opens"] = "alone" if given.open_without_asking else "ask"
    if given is not None and given.until is not None:
        field = "from-until" if said.when == "from" else "until"
        found[field] = given.until.date().isoformat()
    return found


def _audiences(terms: Terms) -> list[Audience]:
    """List whom the narrator can say something to: all, their circles, who is named."""
    circles = house().trust.circles(current_actor())
    own = [Audience(AudienceKind.CIRCLE, each) for each in circles]
    then = terms.after_death
    said = {*terms.permissions, *terms.never, *(then.permissions if then else ())}
    named = sorted((each for each in said - {TRANSCRIBER} if each.identifier), key=str)
    return list(dict.fromkeys((*forms.OFFERED, *own, *named)))


def _known(testimony_id: str, text: str) -> Audience:
    """Return an audience of an address, if it is one that the page shows."""
    known = {str(each): each for each in _audiences(terms_of(testimony_id))}
    if text not in known:
        raise NotHereError
    return known[text]
