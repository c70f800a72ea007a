"""What is said of trust, caps and attested events; enums become words here."""

from flask import Flask
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

POWERS: dict[str, LazyString] = {
    "close": lazy_gettext("close my story"),
    "answer": lazy_gettext("answer requests in my place"),
    "decide": lazy_gettext("decide everything when I no longer can"),
}
CAP_REASONS: dict[str, LazyString] = {
    "safety": lazy_gettext("someone could be in danger"),
    "third-party": lazy_gettext("someone who is named in it asked for it"),
    "legal": lazy_gettext("there is a legal reason"),
    "damage": lazy_gettext("something in it is damaged"),
    "other": lazy_gettext("another reason: ask the caretakers"),
}
EVENTS: dict[str, LazyString] = {
    "death": lazy_gettext("has died"),
    "incapacity": lazy_gettext("can no longer decide"),
}
PROBLEMS: dict[str, LazyString] = {
    "power": lazy_gettext("Choose what this person may do."),
    "holder": lazy_gettext("That person is not there."),
    "event": lazy_gettext("Choose what happened."),
    "again": lazy_gettext("You have said that already."),
    "cap": lazy_gettext("Choose how far it closes and why."),
    "span": lazy_gettext("Look at the numbers again: the end comes after the start."),
}


def install(app: Flask) -> None:
    """Give the pages these words."""
    app.jinja_env.globals.update(POWERS=POWERS, CAP_REASONS=CAP_REASONS, EVENTS=EVENTS)
    app.jinja_env.filters["minutes"] = minutes


def minutes(milliseconds: int) -> str:
    """Write a place in a recording: 1:05:00, or 5:00."""
    seconds = milliseconds // 1000
    hours, rest = divmod(seconds, 3600)
    told = (
        f"{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
    )
    return f"{hours}:{told}" if hours else told
