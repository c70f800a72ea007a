"""A way back for a lost code: chosen beforehand, and asked for by two."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import Recovery
from archive.web.doors import Door, door
from archive.web.identity import current_actor
from archive.web.locale import current_language
from archive.web.wiring import house, wiring

room = Blueprint("recovery", __name__)


@room.get("/mine/<testimony_id>/recovery")
@door(Door.NARRATOR)
def choice(testimony_id: str) -> str:
    """Show whether there is a way back, and what it means."""
    actor = current_actor()
    return render_template(
        "recovery/choice.html",
        testimony_id=testimony_id,
        chosen=house().recovery.chosen(actor, testimony_id),
        alone=house().wishes.only_narrator(actor, testimony_id),
        days=wiring().settings.recovery_days,
    )


@room.post("/mine/<testimony_id>/recovery")
@door(Door.NARRATOR)
def choose(testimony_id: str) -> Response | str:
    """Name whom one trusts with it: an account, or whoever gets a new code."""
    person_id = request.form.get("person", "")
    holder = f"person:{person_id}" if person_id else ""
    code = house().recovery.choose(
        current_actor(), testimony_id, holder, current_language()
    )
    if not code:
        return _back(testimony_id)
    return render_template(
        "trust/code.html", testimony_id=testimony_id, words=code.split(), opens=False
    )


@room.post("/mine/<testimony_id>/recovery/end")
@door(Door.NARRATOR)
def end(testimony_id: str) -> Response:
    """Choose that there is no way back."""
    house().recovery.end(current_actor(), testimony_id)
    return _back(testimony_id)


@room.post("/mine/<testimony_id>/recovery/stop")
@door(Door.NARRATOR)
def stop(testimony_id: str) -> Response:
    """Stop what was begun in one's name."""
    house().recovery.stop(current_actor(), testimony_id)
    return _back(testimony_id)


@room.get("/mine/recoveries")
@door(Door.NARRATOR)
def by_code() -> str:
    """Show for whom one may ask, with a code."""
    return _in_hand("narrator")


@room.post("/mine/recoveries/<recovery_id>/ask")
@door(Door.NARRATOR)
def ask_by_code(recovery_id: str) -> Response:
    """Say that someone lost their code."""
    return _asked(recovery_id, "recovery.by_code")


@room.post("/mine/recoveries/<recovery_id>/renew")
@door(Door.NARRATOR)
def renew_by_code(recovery_id: str) -> str:
    """Make the new code, and show it once."""
    return _renewed(recovery_id, "narrator")


@room.get("/research/recoveries")
@door(Door.PERSON)
def by_account() -> str:
    """Show for whom one may ask, with an account."""
    return _in_hand("researcher")


@room.post("/research/recoveries/<recovery_id>/ask")
@door(Door.PERSON)
def ask_by_account(recovery_id: str) -> Response:
    """Say that someone lost their code."""
    return _asked(recovery_id, "recovery.by_account")


@room.post("/research/recoveries/<recovery_id>/renew")
@door(Door.PERSON)
def renew_by_account(recovery_id: str) -> str:
    """Make the new code, and show it once."""
    return _renewed(recovery_id, "researcher")


@room.get("/desk/recoveries")
@door(Door.CARETAKER)
def desk() -> str:
    """Show what was asked, by numbers alone."""
    return render_template(
        "recovery/desk.html", recoveries=house().recovery.in_hand(current_actor())
    )


@room.post("/desk/recoveries/<recovery_id>/confirm")
@door(Door.CARETAKER)
def confirm(recovery_id: str) -> Response:
    """Say so too, having met whoever lost their code."""
    house().recovery.confirm(current_actor(), recovery_id)
    return redirect(url_for("recovery.desk"), code=303)


def _in_hand(home: str) -> str:
    found: list[Recovery] = house().recovery.in_hand(current_actor())
    return render_template(
        "recovery/in_hand.html",
        recoveries=found,
        home=home,
        days=wiring().settings.recovery_days,
    )


def _asked(recovery_id: str, there: str) -> Response:
    house().recovery.ask(current_actor(), recovery_id)
    return redirect(url_for(there), code=303)


def _renewed(recovery_id: str, home: str) -> str:
    code = house().recovery.renew(current_actor(), recovery_id, current_language())
    return render_template("recovery/new_code.html", words=code.split(), home=home)


def _back(testimony_id: str) -> Response:
    return redirect(url_for("recovery.choice", testimony_id=testimony_id), code=303)
