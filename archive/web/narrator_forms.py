"""What a narrator's forms say, as terms and levels; what is not understood is less."""

from collections.abc import Mapping
from dataclasses import replace

from archive.descriptions import Description
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS, TRANSCRIBER
from consent.levels import Level, Naming
from consent.terms import Permission, Terms

OFFERED = (CARETAKERS, COMMUNITY, RESEARCHERS, PUBLIC)
"""The audiences that the form asks about; what is said to others stays."""

LEVELS = (
    Level.NOTHING,
    Level.EXISTENCE,
    Level.WORDS,
    Level.ALTERED_VOICE,
    Level.VOICE,
)


def terms_from(form: Mapping[str, str], before: Terms) -> Terms:
    """Return the terms that a form stands for, keeping what it does not ask."""
    permissions = {a: p for a, p in before.permissions.items() if a not in OFFERED}
    for audience in OFFERED:
        level = _level(form.get(f"level-{audience}"))
        if level is Level.NOTHING:
            continue
        earlier = before.permissions.get(audience, Permission(level=level))
        permissions[audience] = replace(
            earlier, level=level, ask_me=form.get(f"ask-{audience}") == "yes"
        )
    transcribe = form.get("transcription") == "yes"
    machine = frozenset({TRANSCRIBER})
    return replace(
        before,
        permissions=permissions,
        never=before.never - machine if transcribe else before.never | machine,
        naming=_naming(form.get("naming")),
    )


def description_from(form: Mapping[str, str], before: Description) -> Description:
    """Return the title and names that a form gives; what it leaves out stays."""
    return replace(
        before,
        title=form.get("title", before.title),
        pseudonym=form.get("pseudonym", before.pseudonym),
        name=form.get("name", before.name),
    )


def _level(text: str | None) -> Level:
    named = {level.name.lower(): level for level in LEVELS}
    return named.get(text or "", Level.NOTHING)


def _naming(text: str | None) -> Naming:
    named = {naming.name.lower(): naming for naming in Naming}
    return named.get(text or "", Naming.UNNAMED)
