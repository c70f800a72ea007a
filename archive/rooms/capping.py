"""Caretakers narrow a story, with a reason that its narrators read."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import NotHereError
from archive.capping import new_cap_id
from archive.trust import TrustError
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.trust_words import PROBLEMS
from archive.web.wiring import house
from consent.caps import Cap, CapReason
from consent.delegation import Event
from consent.history import start_of
from consent.levels import Level
from consent.terms import Passage
from consent.timeline import Span

room = Blueprint("capping", __name__, url_prefix="/desk/stories")

_LEVELS = (Level.NOTHING, Level.EXISTENCE, Level.WORDS, Level.ALTERED_VOICE)
_LONGEST = 7 * 24 * 60
_MOST_DAYS = 1825


class _NotUnderstoodError(ValueError):
    """The form says something that cannot be done; it is a key of `PROBLEMS`."""


@room.get("/<testimony_id>")
@door(Door.CARETAKER)
def story(testimony_id: str) -> str:
    """Show what caretakers narrowed of a story; nothing of what it says."""
    return _story(testimony_id)


def _story(testimony_id: str, problem: str = "") -> str:
    actor = current_actor()
    return render_template(
        "trust/story.html",
        testimony_id=testimony_id,
        caps=house().capping.of(actor, testimony_id),
        # By number, not by id: who else's stories are whose is not the desk's to know.
        narrators=[
            each.attestations
            for each in house().capping.narrators_of(actor, testimony_id)
        ],
        levels=_LEVELS,
        reasons=list(CapReason),
        problem=problem,
    )


@room.post("/<testimony_id>/cap")
@door(Door.CARETAKER)
def cap(testimony_id: str) -> Response | tuple[str, int]:
    """Narrow it, at once."""
    try:
        made = _cap()
    except _NotUnderstoodError as error:
        return _story(testimony_id, str(PROBLEMS[str(error)])), 422
    house().capping.cap(current_actor(), testimony_id, made)
    return redirect(url_for("capping.story", testimony_id=testimony_id), code=303)


@room.post("/<testimony_id>/uncap/<cap_id>")
@door(Door.CARETAKER)
def uncap(testimony_id: str, cap_id: str) -> Response:
    """Take it back."""
    house().capping.lift(current_actor(), testimony_id, cap_id)
    return redirect(url_for("capping.story", testimony_id=testimony_id), code=303)


@room.post("/<testimony_id>/attest/<int:number>")
@door(Door.CARETAKER)
def attest(testimony_id: str, number: int) -> Response | tuple[str, int]:
    """Attest that a narrator died, or can no longer decide; or dispute it."""
    trust, actor = house().trust, current_actor()
    narrators = house().capping.narrators_of(actor, testimony_id)
    if not 1 <= number <= len(narrators):
        raise NotHereError
    narrator_id = narrators[number - 1].narrator_id
    events = {event.value: event for event in Event}
    event = events.get(request.form.get("event", ""))
    if event is None:
        return _story(testimony_id, str(PROBLEMS["event"])), 422
    try:
        if request.form.get("dispute"):
            trust.dispute(actor, testimony_id, narrator_id, event)
        else:
            trust.attest(actor, testimony_id, narrator_id, event)
    except TrustError as error:
        return _story(testimony_id, str(PROBLEMS[error.code])), 409
    return redirect(url_for("capping.story", testimony_id=testimony_id), code=303)


def _cap() -> Cap:
    levels = {level.name.lower(): level for level in _LEVELS}
    reasons = {reason.value: reason for reason in CapReason}
    level = levels.get(request.form.get("level", ""))
    reason = reasons.get(request.form.get("reason", ""))
    if level is None or reason is None:
        raise _NotUnderstoodError("cap")
    days = _number("days", _MOST_DAYS)
    until = None
    if days:
        until = start_of(house().now().date() + timedelta(days=days))
    return Cap(new_cap_id(), Passage(span=_span(), level=level), reason, until)


def _span() -> Span:
    start, end = _number("from", _LONGEST), _number("to", _LONGEST)
    try:
        return Span((start or 0) * 60_000, None if end is None else end * 60_000)
    except ValueError as error:
        raise _NotUnderstoodError("span") from error


def _number(name: str, most: int) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text[:9]) > most:
        raise _NotUnderstoodError("span")
    return int(text)
