"""What a kiosk keeps of the archive to go on without a network."""

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from archive.config import Settings

_KEPT = ("css", "js/kiosk", "vendor", "icon.svg")
_MAX_QUESTIONS = 30
_LONGEST_QUESTION = 120
_QUESTIONS = {
    "es": (
        "¿Dónde creció usted?",
        "¿Cómo era su día allá?",
        "¿Quién le cuidaba de niña o de niño?",
        "¿Qué extraña?",
        "¿Qué le da fuerza hoy?",
        "¿Qué quiere que otros sepan?",
        "¿Cómo fue volver?",
        "¿Qué idioma habla con su familia?",
    ),
    "en": (
        "Where did you grow up?",
        "What was a normal day like there?",
        "Who took care of you as a child?",
        "What do you miss?",
        "What gives you strength today?",
        "What do you want others to know?",
        "What was it like to come back?",
        "Which language do you speak at home?",
    ),
}


def questions_of(settings: Settings, language: str) -> list[str]:
    """Return the question cards: the archive's own, one a line, or ours."""
    try:
        text = (settings.questions / f"{language}.txt").read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return list(_QUESTIONS[language])
    lines = (" ".join(line.split())[:_LONGEST_QUESTION] for line in text.splitlines())
    return list(filter(None, lines))[:_MAX_QUESTIONS]


def words_of(language: str) -> str:
    """Return the word list of claim codes in one language."""
    return (files("archive") / "wordlists" / f"{language}.txt").read_text("ascii")


def service_worker(addresses: Sequence[str], pages: Sequence[str], static: str) -> str:
    """Return the service worker: what it keeps, under a name that changes with it.

    `pages` are what the `addresses` give; `static` is where our own files are served.
    """
    folder = Path(str(files("archive") / "static"))
    kept = [path for each in _KEPT for path in _files(folder / each)]
    known = sha256()
    for content in (*pages, *(words_of(each) for each in _QUESTIONS)):
        known.update(content.encode() + b"\0")
    for path in kept:
        known.update(path.read_bytes() + b"\0")
    named = [f"{static}{path.relative_to(folder).as_posix()}" for path in kept]
    source = (folder / "js" / "kiosk" / "service_worker.js").read_text("utf-8")
    version = json.dumps(known.hexdigest()[:16])
    return (
        f"const VERSION = {version};\n"
        f"const FILES = {json.dumps([*addresses, *named])};\n{source}"
    )


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.is_file())
