"""Whom a narrator trusts, and what was put into one's own hands."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.trust import TrustError
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.trust_words import PROBLEMS
from archive.web.wiring import house
from consent.delegation import Event, Power

room = Blueprint("trust", __name__, url_prefix="/mine")

_EVENTS = {event.value: event for event in Event}


@room.get("/<testimony_id>/trust")
@door(Door.NARRATOR)
def mine(testimony_id: str) -> str:
    """Show whom oneself trusts with it, and what caretakers narrowed."""
    return _mine(testimony_id)


def _mine(testimony_id: str, problem: str = "") -> str:
    wishes, actor = house().wishes, current_actor()
    standing = wishes.standing(actor, testimony_id)
    return render_template(
        "trust/mine.html",
        testimony_id=testimony_id,
        consent=wishes.consent(actor, testimony_id),
        caps=standing.caps,
        narrators=sum(not each.left for each in standing.consents),
        second=house().duress.there(actor),
        days=house().installation.settings.freeze_days,
        powers=list(Power),
        problem=problem,
    )


@room.post("/<testimony_id>/trust/delegates")
@door(Door.NARRATOR)
def entrust(testimony_id: str) -> str | tuple[str, int]:
    """Make a code for someone, with the powers that the form names."""
    if request.form.get("for") == "me":
        return _second(testimony_id)
    known = {power.value for power in Power}
    chosen = known.intersection(request.form.getlist("power"))
    if not chosen:
        return _mine(testimony_id, str(PROBLEMS["power"])), 422
    powers = frozenset(Power(each) for each in chosen)
    code = house().trust.entrust_new(
        current_actor(), testimony_id, powers, current_language()
    )
    return _code(testimony_id, code, opens=False)


def _second(testimony_id: str) -> str:
    # By the way of any other key: no address in a phone's history tells which it was.
    house().wishes.standing(current_actor(), testimony_id)
    code = house().duress.make(current_actor(), current_language())
    return _code(testimony_id, code, opens=False, own=True)


@room.post("/<testimony_id>/trust/pause")
@door(Door.NARRATOR)
def pause(testimony_id: str) -> Response:
    """Let nothing open any wider for some days."""
    house().wishes.standing(current_actor(), testimony_id)
    house().wishes.freeze(current_actor())
    return redirect(url_for("trust.mine", testimony_id=testimony_id), code=303)


@room.post("/<testimony_id>/trust/end")
@door(Door.NARRATOR)
def end(testimony_id: str) -> Response | tuple[str, int]:
    """End what someone may do."""
    if request.form.get("for") == "me":
        house().wishes.standing(current_actor(), testimony_id)
        house().duress.end(current_actor())
        return redirect(url_for("trust.mine", testimony_id=testimony_id), code=303)
    holder = request.form.get("holder", "")
    try:
        house().trust.entrust(current_actor(), testimony_id, holder, frozenset())
    except TrustError as error:
        return _mine(testimony_id, str(PROBLEMS[error.code])), 422
    return redirect(url_for("trust.mine", testimony_id=testimony_id), code=303)


@room.post("/<testimony_id>/trust/narrators")
@door(Door.NARRATOR)
def invite(testimony_id: str) -> str:
    """Make a code for someone else who speaks in it."""
    code = house().trust.invite(current_actor(), testimony_id, current_language())
    return _code(testimony_id, code, opens=True)


@room.get("/entrusted")
@door(Door.NARRATOR)
def entrusted() -> str:
    """Show what was put into one's own hands."""
    return _entrusted()


def _entrusted(problem: str = "") -> str:
    found = house().trust.entrusted_to(current_actor())
    return render_template("trust/entrusted.html", entrusted=found, problem=problem)


@room.post("/entrusted/<testimony_id>/<narrator_id>/close")
@door(Door.NARRATOR)
def close(testimony_id: str, narrator_id: str) -> Response:
    """Close it for whoever trusts one with that."""
    house().wishes.withdraw(current_actor(), testimony_id, narrator_id)
    return redirect(url_for("trust.entrusted"), code=303)


@room.post("/entrusted/<testimony_id>/<narrator_id>/attest")
@door(Door.NARRATOR)
def attest(testimony_id: str, narrator_id: str) -> Response | tuple[str, int]:
    """Say that its narrator died, or can no longer decide."""
    event = _EVENTS.get(request.form.get("event", ""))
    if event is None:
        return _entrusted(str(PROBLEMS["event"])), 422
    try:
        house().trust.attest(current_actor(), testimony_id, narrator_id, event)
    except TrustError as error:
        return _entrusted(str(PROBLEMS[error.code])), 409
    return redirect(url_for("trust.entrusted"), code=303)


def _code(testimony_id: str, code: str, *, opens: bool, own: bool = False) -> str:
    return render_template(
        "trust/code.html",
        testimony_id=testimony_id,
        words=code.split(),
        opens=opens,
        own=own,
    )
