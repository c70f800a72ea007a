"""What a kiosk keeps of the archive to go on without a network."""

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

from archive.claims import words_of
from archive.config import Settings

# Among the static files.
SERVICE_WORKER = "kiosk/service_worker.js"
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


def service_worker(addresses: Sequence[str], contents: Sequence[str]) -> str:
    """Return the service worker: what it keeps, under a name that changes with it.

    `contents` tell what the `addresses` give apart from what they gave before; the word
    lists are among it.
    """
    known = sha256()
    for content in (*contents, *(" ".join(words_of(each)) for each in _QUESTIONS)):
        known.update(content.encode() + b"\0")
    source = (files("archive") / "static" / SERVICE_WORKER).read_text("utf-8")
    return (
        f"const VERSION = {json.dumps(known.hexdigest()[:16])};\n"
        f"const FILES = {json.dumps(list(addresses))};\n{source}"
    )
