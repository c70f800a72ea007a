"""Spanish first, English beside it; enums become words here."""

from datetime import date

from flask import Flask, Response, current_app, request, url_for
from flask_babel import (
    Babel,
    format_date,
    get_locale,
    gettext,
    lazy_gettext,
    ngettext,
)
from flask_babel.speaklater import LazyString

from archive.web.wiring import wiring

LANGUAGES = {"es": "Español", "en": "English"}
_COOKIE = "language"
_YEAR = 365 * 24 * 3600
_TWO_HOURS = 120

AUDIENCES: dict[str, LazyString] = {
    "caretakers": lazy_gettext("the people who care for the archive"),
    "community": lazy_gettext("people from the community"),
    "researchers": lazy_gettext("researchers"),
    "public": lazy_gettext("anyone"),
    "person": lazy_gettext("one person"),
    "circle": lazy_gettext("a circle of people"),
}
LEVELS: dict[str, LazyString] = {
    "nothing": lazy_gettext("Nothing"),
    "existence": lazy_gettext("That it exists: title and topics"),
    "words": lazy_gettext("My words, in writing"),
    "altered_voice": lazy_gettext("My words and my voice altered"),
    "voice": lazy_gettext("My words and my voice"),
    "image": lazy_gettext("My words, my voice and my image"),
}
GIVEN: dict[str, LazyString] = {
    "nothing": lazy_gettext("nothing"),
    "existence": lazy_gettext("title and topics"),
    "words": lazy_gettext("words in writing"),
    "altered_voice": lazy_gettext("words and altered voice"),
    "voice": lazy_gettext("words and voice"),
    "image": lazy_gettext("words, voice and image"),
}
ACTORS: dict[str, LazyString] = {
    "anyone": lazy_gettext("Someone without an account"),
    "caretaker": lazy_gettext("Someone who cares for the archive"),
    "researcher": lazy_gettext("A researcher"),
    "community": lazy_gettext("Someone from the community"),
    "person": lazy_gettext("Someone with an account"),
    "transcriber": lazy_gettext("The machine that writes down"),
}
PARTS: dict[str, LazyString] = {
    "description": lazy_gettext("title and topics"),
    "transcript": lazy_gettext("written words"),
    "captions": lazy_gettext("written words"),
    "audio": lazy_gettext("voice"),
    "altered-audio": lazy_gettext("altered voice"),
    "original": lazy_gettext("recording"),
}
JOB_STATES: dict[str, LazyString] = {
    "waiting": lazy_gettext("Waiting"),
    "running": lazy_gettext("Being written down"),
    "paused": lazy_gettext("Paused"),
    "cancelled": lazy_gettext("Cancelled"),
    "done": lazy_gettext("Done"),
    "failed": lazy_gettext("Could not be done"),
    "refused": lazy_gettext("Not to be written down"),
    "damaged": lazy_gettext("Damaged"),
}
JOB_MOVES: dict[str, LazyString] = {
    "pause": lazy_gettext("Pause"),
    "resume": lazy_gettext("Go on"),
    "cancel": lazy_gettext("Cancel"),
    "retry": lazy_gettext("Try again"),
}
FAULTS: dict[str, LazyString] = {
    "empty": lazy_gettext("The file is empty."),
    "not-sealed": lazy_gettext("Only what was sealed before is taken in here."),
    "not-media": lazy_gettext("This file is not a recording that we know."),
    "no-audio": lazy_gettext("There is no sound in this recording."),
    "too-short": lazy_gettext("The recording is too short."),
    "damaged": lazy_gettext("The recording is damaged."),
    "too-much": lazy_gettext("This recording takes too much time or memory to hear."),
    "crashed": lazy_gettext("This recording broke the decoder. It is kept as it came."),
    "unboxed": lazy_gettext("The archive's machine cannot write down now."),
    "incomplete": lazy_gettext("The recording has not arrived whole yet."),
    "weights-missing": lazy_gettext("The archive's machine cannot write down now."),
    "weights-altered": lazy_gettext("The archive's machine cannot write down now."),
    "weights-unfit": lazy_gettext("The archive's machine cannot write down now."),
    "engine-missing": lazy_gettext("The archive's machine cannot write down now."),
    "internal": lazy_gettext("Something went wrong in the archive's machine."),
    "lost": lazy_gettext("Something went wrong in the archive's machine."),
}
TRANSCRIPT_FILES: dict[str, LazyString] = {
    "docx": lazy_gettext("To read and print (Word)"),
    "txt": lazy_gettext("Plain text"),
    "srt": lazy_gettext("Subtitles (SRT)"),
    "vtt": lazy_gettext("Subtitles (WebVTT)"),
    "ohms": lazy_gettext("For oral history archives (OHMS)"),
    "json": lazy_gettext("For machines (JSON)"),
}
AGAIN_PROBLEMS: dict[str, LazyString] = {
    "passage": lazy_gettext("There is no such passage."),
    "language": lazy_gettext("The machine does not listen for that language here."),
    "own": lazy_gettext("These words are yours now: no machine changes them."),
    "refused": lazy_gettext("You said that no machine may write it down."),
    "busy": lazy_gettext("The machine is still at work on it. Try again later."),
}
TYPED_PROBLEMS: dict[str, LazyString] = {
    "other": lazy_gettext("This sentence was changed meanwhile. Yours is still here."),
    "long": lazy_gettext("That is too long for one sentence. Make it shorter."),
    "large": lazy_gettext("That is too long. Go back and make it shorter."),
}
PERSON_STATES: dict[str, LazyString] = {
    "applied": lazy_gettext("waiting to be approved"),
    "vetted": lazy_gettext("approved"),
    "revoked": lazy_gettext("ended"),
}
PROBLEMS: dict[str, LazyString] = {
    "login": lazy_gettext("Choose a name to sign in with."),
    "login-taken": lazy_gettext("That name is taken. Choose another."),
    "password-short": lazy_gettext("The password needs at least 10 characters."),
    "name": lazy_gettext("Write your name."),
    "purpose": lazy_gettext("Write what it is for, in plain words."),
    "too-long": lazy_gettext("That text is too long."),
    "state": lazy_gettext("That cannot be done now."),
}


def install(app: Flask) -> None:
    """Teach the application its languages."""
    app.config["BABEL_DEFAULT_LOCALE"] = "es"
    Babel(app, locale_selector=chosen)
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["time_left"] = time_left
    app.jinja_env.filters["speaker"] = speaker
    app.jinja_env.filters["begun"] = begun
    app.jinja_env.filters["language"] = language_name
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        AUDIENCES=AUDIENCES,
        LEVELS=LEVELS,
        GIVEN=GIVEN,
        ACTORS=ACTORS,
        PARTS=PARTS,
        JOB_STATES=JOB_STATES,
        JOB_MOVES=JOB_MOVES,
        FAULTS=FAULTS,
        TRANSCRIPT_FILES=TRANSCRIPT_FILES,
        PERSON_STATES=PERSON_STATES,
        current_language=current_language,
        way_back=way_back,
    )


def chosen() -> str:
    """Return the language asked for: by the path, the cookie, the browser, or Spanish.

    Only the kiosk has it in its path: a shared tablet keeps no cookie.
    """
    path = (request.view_args or {}).get("language")
    if path in LANGUAGES:
        return str(path)
    cookie = request.cookies.get(_COOKIE)
    if cookie in LANGUAGES:
        return str(cookie)
    return request.accept_languages.best_match(list(LANGUAGES)) or "es"


def current_language() -> str:
    """Return the language of this answer."""
    return str(get_locale())


def begun(words: object) -> str:
    """Begin with a capital letter; what follows stays: the I of English too."""
    text = words if isinstance(words, str) else str(words)
    return text[:1].upper() + text[1:]


def day(when: date) -> str:
    """Write a day as people say it: 23 de noviembre de 2026."""
    return str(format_date(when, "long"))


def time_left(seconds: float) -> str:
    """Say about how long something will still take."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return str(gettext("less than a minute left"))
    if minutes < _TWO_HOURS:
        return str(
            ngettext("about %(num)d minute left", "about %(num)d minutes left", minutes)
        )
    hours = round(minutes / 60)
    return str(ngettext("about %(num)d hour left", "about %(num)d hours left", hours))


def speaker(name: str) -> str:
    """Say who speaks: by name, or which voice it is."""
    return str(gettext("Voice %(number)s", number=name)) if name.isdigit() else name


def language_name(code: str) -> str:
    """Name a language in the reader's own: inglés; its code where it has no name."""
    locale = get_locale()
    return code if locale is None else str(locale.languages.get(code, code))


def way_back() -> str:
    """Return where a change of language leads: here, where here can be asked again."""
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and adapter.test(request.path, "GET"):
        return request.path
    return url_for("public.home")


def remember(response: Response, language: str) -> Response:
    """Keep a choice of language; it says nothing else."""
    if language in LANGUAGES:
        response.set_cookie(
            _COOKIE,
            language,
            max_age=_YEAR,
            secure=wiring().settings.https,
            httponly=True,
            samesite="Strict",
        )
    return response
