"""A narrator's words: heard again, corrected, said by whom, approved, taken home."""

import math

from flask import Blueprint, Response, redirect, render_template, url_for
from flask import request as asked
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from archive.access import NotHereError
from archive.corrections import OtherWordsError
from archive.own_words import BeingHeardError, NewerWordsError
from archive.telling.of_words import wording
from archive.telling.tongues import tongue
from archive.transcripts import HearingAgainError
from archive.web.doors import Door, door
from archive.web.errors import page
from archive.web.identity import current_actor
from archive.web.locale import AGAIN_PROBLEMS, TYPED_PROBLEMS, current_language
from archive.web.wiring import house
from transcription.formats.about import About
from transcription.formats.table import FORMATS

room = Blueprint("transcripts", __name__, url_prefix="/mine/<testimony_id>")

LONGEST_SENTENCE = 5000
_LONGEST_NAME = 80


@room.errorhandler(NewerWordsError)
def changed_meanwhile(_: NewerWordsError) -> Response:
    """Say that these are no longer the words that were looked at."""
    return page(
        gettext("These words were changed meanwhile. Go back and read them again."), 409
    )


@room.errorhandler(BeingHeardError)
def being_heard(_: BeingHeardError) -> Response:
    """Say that a passage is being heard again."""
    return page(str(AGAIN_PROBLEMS["busy"]), 409)


@room.post("/approve")
@door(Door.NARRATOR)
def approve(testimony_id: str) -> Redirect:
    """Approve the written words, if they are still those that were shown."""
    house().transcripts.approve(
        current_actor(), testimony_id, asked.form.get("edition", "")
    )
    return _back(testimony_id)


@room.post("/again")
@door(Door.NARRATOR)
def hear_again(testimony_id: str) -> Redirect | Response:
    """Have one passage heard again, as the language that it is in."""
    form = asked.form
    start, end = (form.get(name, math.nan, type=float) for name in ("start", "end"))
    try:
        house().transcripts.hear_again(
            current_actor(), testimony_id, start, end, form.get("language", "")
        )
    except HearingAgainError as error:
        return page(str(AGAIN_PROBLEMS[error.code]), 409)
    return _back(testimony_id)


@room.post("/speakers")
@door(Door.NARRATOR)
def name_speakers(testimony_id: str) -> Redirect:
    """Name who speaks; one name for two voices makes them one."""
    form = asked.form
    given = zip(form.getlist("voice"), form.getlist("name"), strict=False)
    names = {
        voice: _line(name, _LONGEST_NAME)
        for voice, name in given
        if _line(name, _LONGEST_NAME)
    }
    house().corrections.name_speakers(current_actor(), testimony_id, names)
    return _back(testimony_id)


@room.post("/speakers/<int:segment>")
@door(Door.NARRATOR)
def say_who(testimony_id: str, segment: int) -> Redirect:
    """Correct who says one sentence."""
    speaker = _line(asked.form.get("speaker", ""), _LONGEST_NAME)
    start = asked.form.get("start", math.nan, type=float)
    house().corrections.say_who(current_actor(), testimony_id, segment, start, speaker)
    return _back(testimony_id, segment)


@room.post("/sentences/<int:segment>")
@door(Door.NARRATOR)
def say_what(testimony_id: str, segment: int) -> Redirect | Response:
    """Correct one sentence, or take it out where nothing is left of it.

    To a script it answers with the edition that its page shows now, if it does.
    """
    form, actor = asked.form, current_actor()
    if "text" not in form:
        raise NotHereError
    text, was = " ".join(form["text"].split()), form.get("was")
    if len(text) > LONGEST_SENTENCE:
        house().wishes.standing(actor, testimony_id)
        return _typed(testimony_id, segment, text, was or "", "long")
    shown = house().transcripts.edition(actor, testimony_id)
    try:
        house().corrections.say_what(
            actor,
            testimony_id,
            segment,
            form.get("start", math.nan, type=float),
            text,
            None if was is None else " ".join(was.split()),
        )
    except OtherWordsError as error:
        return _typed(testimony_id, segment, text, error.now, "other")
    if asked.accept_mimetypes.accept_html:
        return _back(testimony_id, segment)
    return Response(_edition_after(testimony_id, shown), mimetype="text/plain")


@room.post("/sentences/back")
@door(Door.NARRATOR)
def put_back(testimony_id: str) -> Redirect:
    """Put a sentence back that was taken out."""
    start = asked.form.get("start", math.nan, type=float)
    house().corrections.put_back(current_actor(), testimony_id, start)
    return _back(testimony_id)


@room.post("/undo")
@door(Door.NARRATOR)
def undo(testimony_id: str) -> Redirect:
    """Take the last change of the words back."""
    house().corrections.undo(
        current_actor(), testimony_id, asked.form.get("edition", "")
    )
    return _back(testimony_id)


@room.get("/words.<any({}):form>".format(", ".join(FORMATS)))
@door(Door.NARRATOR)
def keep(testimony_id: str, form: str) -> Response:
    """Give a narrator their own words as a document, in the page's language."""
    actor, chosen = current_actor(), FORMATS[form]
    words = house().transcripts.read(actor, testimony_id)
    wishes = house().wishes
    about = About(
        wishes.description(actor, testimony_id).title,
        wishes.now().date(),
        wording(tongue(current_language())),
    )
    response = Response(chosen.write(words, about), mimetype=chosen.media_type)
    # No title in its name: it lies among other files on a device.
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{testimony_id[:8]}.{chosen.ending}"'
    )
    return response


@room.errorhandler(413)
def too_long(_: Exception) -> Response:
    """Say that it is too long, before it is read."""
    return page(str(TYPED_PROBLEMS["large"]), 413)


def _typed(
    testimony_id: str, segment: int, text: str, now: str, problem: str
) -> Response:
    """Show what was typed again, beside what stands there; nothing of it is lost."""
    status = 422 if problem == "long" else 409
    if not asked.accept_mimetypes.accept_html:
        return page(str(TYPED_PROBLEMS[problem]), status)
    told = render_template(
        "narrator/typed.html",
        testimony_id=testimony_id,
        segment=segment,
        start=asked.form.get("start", ""),
        text=text,
        now=now,
        problem=TYPED_PROBLEMS[problem],
    )
    return Response(told, status)


def _edition_after(testimony_id: str, before: str) -> str:
    """Return the edition that a page shows once it shows its own correction.

    Nothing where others wrote in between: that page must not approve what it lacks.
    """
    now = house().transcripts.edition(current_actor(), testimony_id)
    revision, _, machine = before.partition(".")
    next_one = f"{int(revision) + 1}.{machine}"
    if asked.form.get("edition") == before and now in {before, next_one}:
        return now
    return ""


def _back(testimony_id: str, segment: int | None = None) -> Redirect:
    where = None if segment is None else f"s{segment}"
    return redirect(
        url_for("narrator.listen", testimony_id=testimony_id, _anchor=where), code=303
    )


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
