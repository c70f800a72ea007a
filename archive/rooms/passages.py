"""Taking parts out of one's story: by sentences or by time, heard before it counts."""

import json
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import LockedError, NotHereError
from archive.copy_queue import Copy
from archive.cut_copies import clock_of
from archive.passages import PassageError
from archive.views import WithHoles
from archive.web.delivery import play
from archive.web.doors import Door, door
from archive.web.errors import page
from archive.web.identity import current_actor
from archive.web.passage_forms import (
    LEFT,
    PassageFormError,
    passage_from,
    span_from,
)
from archive.web.passage_words import PROBLEMS
from archive.web.terms_forms import OFFERED
from archive.web.wiring import house
from consent.reading import passage_from_document
from consent.terms import Passage
from consent.timeline import Span
from consent.writing import passage_to_document
from transcription.mentions import Kind, Mention, mentions
from transcription.transcript import Transcript

_AROUND = " ,.;:!?\u00a1\u00bf"
_BEFORE = 5000
"""How much of what goes before a part is heard with it, in milliseconds."""

room = Blueprint("passages", __name__, url_prefix="/mine/<testimony_id>/parts")


@dataclass(frozen=True)
class Sentence:
    """A sentence that can be the first or the last of a part; in milliseconds."""

    text: str
    language: str
    start: int
    end: int


@room.get("")
@door(Door.NARRATOR)
def parts(testimony_id: str) -> str:
    """Show what is taken out, and let choose the first and the last sentence."""
    taken = house().passages.of(current_actor(), testimony_id)
    words = _words(testimony_id)
    sentences = _sentences(words)
    first = request.args.get("first", type=int)
    return render_template(
        "narrator/parts.html",
        testimony_id=testimony_id,
        taken=[(each, _written(each)) for each in taken],
        sentences=sentences,
        offers=_offers(words, [each.span for each in taken]),
        first=first if first in range(len(sentences)) else None,
    )


@room.get("/choose")
@door(Door.NARRATOR)
def choose(testimony_id: str) -> str | tuple[str, int]:
    """Ask what others hear of a stretch, and for whom that holds."""
    return _choose(testimony_id)


def _choose(testimony_id: str, code: str = "") -> str | tuple[str, int]:
    house().passages.of(current_actor(), testimony_id)
    try:
        span = span_from(request.values)
    except PassageFormError as error:
        span, code = None, code or error.code
    words = _words(testimony_id)
    told = render_template(
        "narrator/part.html",
        testimony_id=testimony_id,
        given=request.values,
        chosen=set(request.values.getlist("for")),
        sentences=[] if span is None else _within(_sentences(words), span),
        audiences=OFFERED,
        levels=LEFT,
        problem=str(PROBLEMS[code]) if code else "",
    )
    return (told, 422) if code else told


@room.post("/hear")
@door(Door.NARRATOR)
def hear(testimony_id: str) -> str | tuple[str, int]:
    """Have it made as others would hear it; nothing of it counts yet."""
    try:
        passage = passage_from(request.form)
    except PassageFormError as error:
        return _choose(testimony_id, error.code)
    return _heard_first(testimony_id, passage, counts=False)


@room.post("/hear-again")
@door(Door.NARRATOR)
def hear_again(testimony_id: str) -> str | Response:
    """Have a part that is taken out played as others hear it."""
    try:
        passage = _read(request.form.get("passage", ""))
    except ValueError:
        return page(str(PROBLEMS["gone"]), 409)
    return _heard_first(testimony_id, passage, counts=True)


def _heard_first(testimony_id: str, passage: Passage, *, counts: bool) -> str:
    """Play a part as others hear it, or how they would: where it `counts`, they do."""
    added = None if counts else passage
    copy, state = house().passages.hear_first(current_actor(), testimony_id, added)
    return render_template(
        "narrator/heard_first.html",
        testimony_id=testimony_id,
        passage=passage,
        given=request.form,
        copy=copy,
        state=state,
        starts=_shortly_before(passage, copy),
        counts=counts,
    )


def _shortly_before(passage: Passage, copy: Copy) -> int:
    """Return the second of a copy to begin at, to hear a part as it is there."""
    start = clock_of(copy.holes).to_copy(max(passage.span.start - _BEFORE, 0))
    return int(start) // 1000


@room.post("")
@door(Door.NARRATOR)
def take_out(testimony_id: str) -> Response | str | tuple[str, int]:
    """Take a part out, at once."""
    try:
        passage = passage_from(request.form)
    except PassageFormError as error:
        return _choose(testimony_id, error.code)
    try:
        house().passages.take_out(current_actor(), testimony_id, passage)
    except PassageError as error:
        return page(str(PROBLEMS[error.code]), 409)
    return redirect(url_for("passages.parts", testimony_id=testimony_id), code=303)


@room.post("/back")
@door(Door.NARRATOR)
def give_back(testimony_id: str) -> Response:
    """Leave a part as open as the rest again."""
    try:
        passage = _read(request.form.get("passage", ""))
        house().passages.give_back(current_actor(), testimony_id, passage)
    except (ValueError, PassageError):
        return page(str(PROBLEMS["gone"]), 409)
    return redirect(url_for("passages.parts", testimony_id=testimony_id), code=303)


@room.get("/heard/<digest>")
@door(Door.NARRATOR)
def heard(testimony_id: str, digest: str) -> Response:
    """Play a copy as others would hear it."""
    actor = current_actor()
    copy = house().passages.named(actor, testimony_id, digest)
    view = WithHoles(copy.holes)
    return play(house().gate, actor, testimony_id, (copy.part,), view=view)


def _written(passage: Passage) -> str:
    return json.dumps(passage_to_document(passage), sort_keys=True)


def _read(text: str) -> Passage:
    """Read what `_written` wrote; raise `ValueError` for anything else."""
    try:
        return passage_from_document(json.loads(text), "passage")
    except RecursionError as error:
        raise ValueError("passage") from error


def _words(testimony_id: str) -> Transcript | None:
    try:
        return house().transcripts.read(current_actor(), testimony_id)
    except (NotHereError, LockedError):
        return None


def _sentences(words: Transcript | None) -> list[Sentence]:
    return [
        Sentence(
            segment.text.strip(),
            segment.language,
            int(segment.start * 1000),
            max(round(segment.end * 1000), int(segment.start * 1000) + 1),
        )
        for segment in (words.segments if words is not None else ())
    ]


def _offers(
    words: Transcript | None, taken: list[Span]
) -> list[tuple[Kind, list[Mention]]]:
    """Return what was found to be thought about, by kind; what is taken out is not."""
    found = mentions(words) if words is not None else ()
    left = [each for each in found if not any(_covers(s, each) for s in taken)]
    bare = [replace(each, text=each.text.strip(_AROUND)) for each in left]
    by_kind = [(kind, [each for each in bare if each.kind is kind]) for kind in Kind]
    return [(kind, those) for kind, those in by_kind if those]


def _covers(span: Span, mention: Mention) -> bool:
    ends = span.end is None or mention.end * 1000 <= span.end
    return span.start <= mention.start * 1000 and ends


def _within(sentences: list[Sentence], span: Span) -> list[Sentence]:
    return [
        each
        for each in sentences
        if span.start < each.end and (span.end is None or each.start < span.end)
    ]
