"""What holds of a story for whoever may have it: the name, the machine, after death."""

from dataclasses import replace

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from archive.web import terms_forms as forms
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.narrator_forms import description_from
from archive.web.own_story import back, card_of, change_to, terms_of
from archive.web.terms_words import problem_of
from archive.web.wiring import house
from consent.levels import Level, Naming
from consent.terms import Terms

room = Blueprint("lasting_terms", __name__, url_prefix="/mine/<testimony_id>/terms")

Page = Response | str | tuple[str, int]


@room.get("/after")
@door(Door.NARRATOR)
def after(testimony_id: str) -> Page:
    """Ask what holds once the narrator is no longer here."""
    return _after(testimony_id)


@room.post("/after")
@door(Door.NARRATOR)
def change_after(testimony_id: str) -> Page:
    """Change what holds then."""
    names = ("then", *(f"level-{each}" for each in forms.OFFERED))
    form = request.form

    def alter(terms: Terms) -> Terms:
        return forms.after_death_from(terms, form)

    try:
        return change_to(testimony_id, alter, None, names)
    except forms.TermsError as error:
        return _after(testimony_id, error.code), 422


@room.get("/name")
@door(Door.NARRATOR)
def name(testimony_id: str) -> Page:
    """Ask how others read the narrator's name."""
    return _name(testimony_id)


@room.post("/name")
@door(Door.NARRATOR)
def change_name(testimony_id: str) -> Page:
    """Change how others read the narrator's name, and the title."""
    wishes, actor = house().wishes, current_actor()
    try:
        naming = forms.naming_in(request.form)
    except forms.TermsError as error:
        return _name(testimony_id, error.code), 422
    wishes.alter_terms(actor, testimony_id, lambda t: replace(t, naming=naming))
    if "title" in request.form:
        described = wishes.description(actor, testimony_id)
        wishes.describe(actor, testimony_id, description_from(request.form, described))
    return back(testimony_id)


@room.get("/machine")
@door(Door.NARRATOR)
def machine(testimony_id: str) -> Page:
    """Ask whether the archive's machine may write it down."""
    return _machine(testimony_id)


@room.post("/machine")
@door(Door.NARRATOR)
def change_machine(testimony_id: str) -> Page:
    """Let the archive's machine write it down, or not."""
    form = request.form

    def alter(terms: Terms) -> Terms:
        return forms.machine_from(terms, form)

    try:
        return change_to(testimony_id, alter, None, ())
    except forms.TermsError as error:
        return _machine(testimony_id, error.code), 422


def _after(testimony_id: str, code: str = "") -> str:
    card, terms = card_of(testimony_id), terms_of(testimony_id)
    return render_template(
        "terms/after.html",
        card=card,
        terms=terms,
        then=terms.after_death,
        offered=forms.OFFERED,
        levels=forms.LEVELS,
        problem=problem_of(code) if code else "",
        Level=Level,
    )


def _name(testimony_id: str, code: str = "") -> str:
    return render_template(
        "terms/name.html",
        card=card_of(testimony_id),
        terms=terms_of(testimony_id),
        problem=problem_of(code) if code else "",
        Naming=Naming,
    )


def _machine(testimony_id: str, code: str = "") -> str:
    return render_template(
        "terms/machine.html",
        card=card_of(testimony_id),
        terms=terms_of(testimony_id),
        problem=problem_of(code) if code else "",
    )
