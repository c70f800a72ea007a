"""Requests in every room: asked, answered, left to someone, sorted at the desk."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import NotHereError
from archive.questions import RequestError
from archive.sorting import TurnedAwayReason
from archive.web.doors import Door, door
from archive.web.errors import page
from archive.web.identity import current_actor
from archive.web.request_forms import OFFERED, ROWS, said_from, wanted_from
from archive.web.request_words import PROBLEMS, status_of
from archive.web.wiring import house
from consent.levels import Level
from consent.requests import DAYS_OF_A_YES

room = Blueprint("requests", __name__)

Page = Response | str | tuple[str, int]


@room.get("/research/ask/<testimony_id>")
@door(Door.PERSON)
def question(testimony_id: str) -> Page:
    """Ask what the request is for."""
    return _question(testimony_id)


@room.post("/research/ask/<testimony_id>")
@door(Door.PERSON)
def ask(testimony_id: str) -> Page:
    """Ask the narrators."""
    try:
        wanted = wanted_from(request.form)
        house().requests.ask(current_actor(), testimony_id, wanted)
    except RequestError as error:
        return _question(testimony_id, error.code)
    return redirect(url_for("researcher.home"), code=303)


@room.get("/mine/<testimony_id>/requests")
@door(Door.NARRATOR)
def received(testimony_id: str) -> Page:
    """Show a narrator who asks, and what for."""
    return _received(testimony_id)


@room.post("/mine/<testimony_id>/requests/<request_id>")
@door(Door.NARRATOR)
def answer(testimony_id: str, request_id: str) -> Page:
    """Answer: yes, less, no, not now, or whoever is trusted with it."""
    try:
        house().answers.answer(
            current_actor(),
            request_id,
            said_from(request.form),
            testimony_id=testimony_id,
        )
    except RequestError as error:
        return _received(testimony_id, request_id, error.code)
    return redirect(url_for("requests.received", testimony_id=testimony_id), code=303)


@room.get("/mine/left")
@door(Door.NARRATOR)
def left() -> Page:
    """Show whoever holds a code what was left to them."""
    return _left("requests.answer_left")


@room.post("/mine/left/<request_id>/<narrator_id>")
@door(Door.NARRATOR)
def answer_left(request_id: str, narrator_id: str) -> Page:
    """Answer in a narrator's place."""
    return _answer_left(request_id, narrator_id, "requests.left")


@room.get("/research/left")
@door(Door.PERSON)
def left_to_person() -> Page:
    """Show whoever has an account what was left to them."""
    return _left("requests.answer_left_to_person")


@room.post("/research/left/<request_id>/<narrator_id>")
@door(Door.PERSON)
def answer_left_to_person(request_id: str, narrator_id: str) -> Page:
    """Answer in a narrator's place."""
    return _answer_left(request_id, narrator_id, "requests.left_to_person")


@room.post("/desk/requests/<request_id>/turn-away")
@door(Door.CARETAKER)
def turn_away(request_id: str) -> Page:
    """Turn a request away, with a reason."""
    try:
        reason = TurnedAwayReason(request.form.get("reason", ""))
    except ValueError:
        return page(str(PROBLEMS["reason"]), status_of("reason"))
    try:
        house().sorting.turn_away(current_actor(), request_id, reason)
    except RequestError as error:
        return page(str(PROBLEMS[error.code]), status_of(error.code))
    return redirect(url_for("caretaker.home"), code=303)


@room.post("/desk/requests/<request_id>/pass-on")
@door(Door.CARETAKER)
def pass_on(request_id: str) -> Page:
    """Pass a request on."""
    try:
        house().sorting.pass_on(current_actor(), request_id)
    except RequestError as error:
        return page(str(PROBLEMS[error.code]), status_of(error.code))
    return redirect(url_for("caretaker.home"), code=303)


def _question(testimony_id: str, code: str = "") -> Page:
    card = house().catalogue.card(current_actor(), testimony_id)
    if not card.can_ask:
        raise NotHereError
    waits = house().requests.waits(current_actor(), testimony_id)
    told = render_template(
        "requests/ask.html",
        card=card,
        waits=waits,
        problem=PROBLEMS.get(code, ""),
        form=request.form,
        rows=ROWS,
        levels=OFFERED,
        days=DAYS_OF_A_YES,
        Level=Level,
    )
    return (told, status_of(code)) if code else told


def _received(testimony_id: str, request_id: str = "", code: str = "") -> Page:
    told = render_template(
        "requests/received.html",
        requests=house().inbox.of(current_actor(), testimony_id),
        testimony_id=testimony_id,
        wrong=request_id,
        problem=PROBLEMS.get(code, ""),
        rows=ROWS,
        levels=OFFERED,
        days=DAYS_OF_A_YES,
    )
    return (told, status_of(code)) if code else told


def _left(answer_to: str, wrong: str = "", code: str = "") -> Page:
    told = render_template(
        "requests/left.html",
        requests=house().inbox.left_to(current_actor()),
        answer_to=answer_to,
        wrong=wrong,
        problem=PROBLEMS.get(code, ""),
        rows=ROWS,
        levels=OFFERED,
        days=DAYS_OF_A_YES,
    )
    return (told, status_of(code)) if code else told


def _answer_left(request_id: str, narrator_id: str, back: str) -> Page:
    try:
        house().answers.answer(
            current_actor(),
            request_id,
            said_from(request.form),
            narrator_id=narrator_id,
        )
    except RequestError as error:
        return _left(str(request.endpoint), request_id, error.code)
    return redirect(url_for(back), code=303)
