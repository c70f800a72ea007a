"""Requests in words: how they stand for each side, and what cannot be done."""

from flask import Flask
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from archive.web.request_forms import clock, stretches

ASKED: dict[str, LazyString] = {
    "waiting": lazy_gettext("waiting for an answer"),
    "another": lazy_gettext("one yes; it waits for another narrator"),
    "yes": lazy_gettext("the answer is yes"),
    "no": lazy_gettext("the answer is no"),
    "not-now": lazy_gettext("not now; you may ask again later"),
    "ended": lazy_gettext("the yes has ended; you may ask again"),
    "asked-anew": lazy_gettext("you asked again since"),
    "turned-away": lazy_gettext("the people who care for the archive turned it away"),
}
"""How a request stands, to who asked."""

ANSWERED: dict[str, LazyString] = {
    "waiting": lazy_gettext("It waits for your answer."),
    "left": lazy_gettext("You left the answer to whom you trust."),
    "yes": lazy_gettext("You said yes."),
    "no": lazy_gettext("You said no."),
    "not-now": lazy_gettext("You said not now."),
    "silent": lazy_gettext("Nobody answered in 60 days: it is a no."),
    "ended": lazy_gettext("You said yes; that yes has ended."),
    "asked-anew": lazy_gettext("This person asked again since."),
    "turned-away": lazy_gettext("The people who care for the archive turned it away."),
}
"""The same, to the narrator who is asked."""

BY_DELEGATE: dict[str, LazyString] = {
    "yes": lazy_gettext("Whom you trust said yes."),
    "no": lazy_gettext("Whom you trust said no."),
    "not-now": lazy_gettext("Whom you trust said not now."),
    "ended": lazy_gettext("Whom you trust said yes; that yes has ended."),
}

AS_DELEGATE: dict[str, LazyString] = {
    "waiting": lazy_gettext("It waits for your answer."),
    "left": lazy_gettext("It waits for your answer."),
    "yes": lazy_gettext("You said yes in their place."),
    "no": lazy_gettext("You said no in their place."),
    "not-now": lazy_gettext("You said not now in their place."),
    "ended": lazy_gettext("You said yes in their place; that yes has ended."),
}

TURNED_AWAY: dict[str, LazyString] = {
    "identity": lazy_gettext("It could not be confirmed who asks."),
    "conduct": lazy_gettext("The person who asks has not kept the archive's rules."),
    "repeated": lazy_gettext("It repeats another request."),
    "other": lazy_gettext("Another reason."),
}

PROBLEMS: dict[str, LazyString] = {
    "purpose": lazy_gettext("Write what it is for, in plain words."),
    "purpose-long": lazy_gettext("That text is too long. At most 300 characters."),
    "span": lazy_gettext(
        "Those minutes are not understood. Write them as 12 or 12:30, and the end "
        "after the beginning."
    ),
    "level": lazy_gettext("Choose what it is about: the words or the voice too."),
    "days": lazy_gettext("Write a number of days from 1 to 365."),
    "answer": lazy_gettext("That answer was not understood. Nothing was changed."),
    "reason": lazy_gettext("Choose a reason."),
    "more-than-asked": lazy_gettext(
        "That is more than was asked for. Choose the same or less."
    ),
    "asked-already": lazy_gettext("You have asked already. Please wait."),
    "changed": lazy_gettext(
        "Something about this request has changed meanwhile. Look at it again, and "
        "then answer."
    ),
    "asked-anew": lazy_gettext(
        "This person asked again since. Answer the new request."
    ),
    "turned-away": lazy_gettext(
        "This request was turned away. The person may ask again."
    ),
    "answered": lazy_gettext("This request has been answered, or is over."),
    "closed": lazy_gettext(
        "A yes would open nothing now. First change who may listen, then answer."
    ),
    "yes-holds": lazy_gettext("Your yes holds now. Say no first, then leave it."),
    "late": lazy_gettext("It is too late to leave this request to someone else."),
    "no-delegate": lazy_gettext("You have not named anyone to answer for you."),
    "own": lazy_gettext("This request is your own. Someone else has to look at it."),
    "whose": lazy_gettext("Say for whom you answer."),
}
"""Sentences for the codes of `archive.questions.RequestError`."""

_NOT_UNDERSTOOD = frozenset(
    {
        "purpose",
        "purpose-long",
        "span",
        "level",
        "days",
        "answer",
        "reason",
        "more-than-asked",
    }
)


def status_of(code: str) -> int:
    """Return 422 for what cannot be understood, 409 for what cannot be done now."""
    return 422 if code in _NOT_UNDERSTOOD else 409


def install(app: Flask) -> None:
    """Teach the templates to speak of requests."""
    app.jinja_env.filters["stretches"] = stretches
    app.jinja_env.filters["clock"] = clock
    app.jinja_env.globals.update(
        ASKED=ASKED,
        ANSWERED=ANSWERED,
        BY_DELEGATE=BY_DELEGATE,
        AS_DELEGATE=AS_DELEGATE,
        TURNED_AWAY=TURNED_AWAY,
    )
