"""What is said of parts that are taken out, and of what goes wrong with it."""

from flask import Flask
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from archive.telling.of_terms import nameless, passage_in
from archive.telling.tongues import tongue
from archive.web.locale import current_language
from archive.web.passage_forms import moment_in
from consent.terms import Passage
from consent.timeline import Span

PROBLEMS: dict[str, LazyString] = {
    "time": lazy_gettext("Write minutes and seconds, like this: 1:05."),
    "order": lazy_gettext("A part has to end after it begins."),
    "choice": lazy_gettext("Choose what others hear there."),
    "whom": lazy_gettext("Choose for whom it is taken out."),
    "many": lazy_gettext("No more parts can be taken out. Take out a longer one."),
    "gone": lazy_gettext("That part was changed meanwhile. Look at the list again."),
}

LEFT: dict[str, LazyString] = {
    "existence": lazy_gettext("Nothing: neither the voice nor the words"),
    "words": lazy_gettext("Only the words, in writing"),
    "altered_voice": lazy_gettext("A disguised voice"),
}

MENTIONS: dict[str, LazyString] = {
    "person": lazy_gettext("People"),
    "place": lazy_gettext("Places"),
    "number": lazy_gettext("Numbers"),
    "contact": lazy_gettext("Telephones and addresses on the internet"),
    "address": lazy_gettext("Streets and houses"),
    "date": lazy_gettext("Days"),
    "organisation": lazy_gettext("Schools, firms and offices"),
}

MAKING: dict[str, LazyString] = {
    "waiting": lazy_gettext(
        "The machine is making it. That takes a few minutes for a long story."
    ),
    "survives": lazy_gettext(
        "Something of this part can still be heard at its edge. "
        "Take out a little more before it and after it."
    ),
    "media": lazy_gettext("The machine cannot read this recording."),
    "engine": lazy_gettext("The machine could not make it. Try again later."),
    "refused": lazy_gettext("The machine may not hear this recording now."),
}


def install(app: Flask) -> None:
    """Teach the pages these words."""
    app.jinja_env.filters["stretch"] = _stretch
    app.jinja_env.globals.update(
        PASSAGE_LEFT=LEFT,
        MAKING=MAKING,
        MENTIONS=MENTIONS,
        passage_told=_told,
        moment_in=moment_in,
    )


def _stretch(span: Span) -> str:
    return tongue(current_language()).stretch(span)


def _told(passage: Passage) -> list[str]:
    say = tongue(current_language())
    return list(passage_in(say, passage, nameless))
