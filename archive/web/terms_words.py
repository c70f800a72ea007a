"""Who may have a story and when, in the words of the narrator's pages."""

from flask import Flask
from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from archive.catalogue import NarratorCard
from archive.telling.of_state import Line, state_in
from archive.telling.of_terms import audience_in, nameless
from archive.telling.tongues import raised, tongue
from archive.web.locale import current_language
from consent.audiences import Audience

WHO: dict[str, tuple[LazyString, LazyString]] = {
    "me": (
        lazy_gettext("Only me"),
        lazy_gettext("No one else. Not even the people who care for the archive."),
    ),
    "caretakers": (
        lazy_gettext("The people who care for the archive"),
        lazy_gettext("They help to write it down and to keep it."),
    ),
    "community": (
        lazy_gettext("People from my community"),
        lazy_gettext("Deported or returned people whom the archive knows."),
    ),
    "researchers": (
        lazy_gettext("Researchers I say yes to"),
        lazy_gettext("One by one. You say yes or no."),
    ),
    "public": (
        lazy_gettext("Anyone"),
        lazy_gettext(
            "It can be on the internet. What someone copies cannot be taken back."
        ),
    ),
    "circle": (
        lazy_gettext("A circle of mine"),
        lazy_gettext("Only the people you put in it."),
    ),
    "person": (lazy_gettext("One person"), lazy_gettext("Nobody else.")),
}
"""Each audience as its narrator calls it, and what that means."""

WALLS: dict[str, LazyString] = {
    "caretakers": lazy_gettext(
        "Whoever cares for the archive, or ever did, gets nothing of it."
    ),
    "community": lazy_gettext("Whoever is in it, or ever was, gets nothing of it."),
    "researchers": lazy_gettext("Whoever is one, or ever was, gets nothing of it."),
    "public": lazy_gettext("Nobody at all gets anything of it, only you."),
    "circle": lazy_gettext("Whoever is in it, or ever was, gets nothing of it."),
    "person": lazy_gettext("This person gets nothing of it."),
}
"""What a wall does."""

PROBLEMS: dict[str, LazyString] = {
    "level": lazy_gettext("Choose what they may have."),
    "when": lazy_gettext("Choose when."),
    "then": lazy_gettext("Choose what holds then."),
    "choose": lazy_gettext("Choose one."),
    "order": lazy_gettext("It must close after it opens. Look at both days."),
    "missing": lazy_gettext("Write the day."),
    "unreadable": lazy_gettext("Write the day so: 2030-05-31."),
    "past": lazy_gettext("That day has passed. Write one that comes."),
}
"""What is wrong with a form; a day's code begins with its field."""

_HOURS_IN_WORDS = 48


def install(app: Flask) -> None:
    """Give the pages these words."""
    app.jinja_env.globals.update(WHO=WHO, WALLS=WALLS)
    app.jinja_env.filters["state"] = state
    app.jinja_env.filters["wait_left"] = wait_left
    app.jinja_env.filters["audience"] = audience_name


def problem_of(code: str) -> str:
    """Return the sentence for a form's mistake."""
    if code in PROBLEMS:
        return str(PROBLEMS[code])
    return str(PROBLEMS[code.rpartition("-")[2]])


def field_of(code: str) -> str:
    """Return which day of the form is wrong, or nothing."""
    if code == "order":
        return "from-until"
    return "" if code in PROBLEMS else code.rpartition("-")[0]


def state(card: NarratorCard) -> tuple[Line, ...]:
    """Say how a story stands today."""
    say = tongue(current_language())
    return state_in(say, card.overview, others=card.others > 0)


def audience_name(audience: Audience) -> str:
    """Name an audience at the head of its card."""
    kind = audience.kind.value
    if audience.identifier:
        told = audience_in(tongue(current_language()), audience, nameless)
        return raised(told)
    return str(WHO[kind][0])


def wait_left(seconds: float) -> str:
    """Say how long something still waits, never less than it does."""
    hours = max(1, -int(-seconds // 3600))
    if hours < _HOURS_IN_WORDS:
        return str(ngettext("%(num)d hour left.", "%(num)d hours left.", hours))
    days, rest = divmod(hours, 24)
    if not rest:
        return str(gettext("%(days)d days left.", days=days))
    told = ngettext(
        "%(days)d days and %(num)d hour left.",
        "%(days)d days and %(num)d hours left.",
        rest,
        days=days,
    )
    return str(told)
