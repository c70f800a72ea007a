"""How a story stands today, in words: every set of audiences, level and condition."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest

from archive.telling.of_state import state_in
from archive.telling.of_terms import audience_in, nameless
from archive.telling.tongues import LANGUAGES, tongue
from consent.actors import Anyone, Membership, Person
from consent.audiences import CARETAKERS, COMMUNITY, PUBLIC, RESEARCHERS
from consent.decisions import Release
from consent.levels import Level
from consent.overview import overview
from consent.parts import Part
from consent.rules import decide
from consent.standing import Answer, Consent, Standing
from consent.terms import Passage, Permission, Terms
from consent.timeline import Span

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
DAY = timedelta(1)
FOUR = (CARETAKERS, COMMUNITY, RESEARCHERS, PUBLIC)
SETS = [each for n in range(5) for each in combinations(FOUR, n)]
CONDITIONS = (
    {},
    {"ask_me": True},
    {"not_before": NOW + DAY, "open_without_asking": True},
    {"not_before": NOW + DAY},
    {"until": NOW + DAY},
    {"until": NOW - DAY},
)
LONGEST = 15
LEADS = {
    "es": {
        "alone": "Hoy la puede escuchar:",
        "heard": "Hoy usted deja oír su voz a:",
        "altered": "Hoy usted deja oír su voz cambiada a:",
        "read": "Hoy usted deja leer sus palabras a:",
        "known": "Hoy solo ven el título y los temas:",
    },
    "en": {
        "alone": "Today it can be heard by:",
        "heard": "Today you let these hear your voice:",
        "altered": "Today you let these hear your voice altered:",
        "read": "Today you let these read your words:",
        "known": "Today these only see title and topics:",
    },
}


def someone(audience):
    if audience == PUBLIC:
        return Anyone()
    return Person("ab", frozenset({Membership(audience, "a", FOREVER)}))


def standing(terms, *, approved=True, **said):
    consent = Consent(
        narrator_id="a", terms=terms, transcript_approved=approved, **said
    )
    return Standing(testimony_id="t", consents=(consent,))


def told(found, language="es", **said):
    lines = state_in(tongue(language), overview(found, "a", NOW), **said)
    return {line.lead: line.who for line in lines}


def has(found, audience, part):
    return isinstance(decide(found, someone(audience), part, NOW), Release)


def check(found, language):
    """Compare every sentence with what the law gives to whom it names, and to whom not."""
    said, say = told(found, language), tongue(language)
    names = {each: audience_in(say, each, nameless) for each in FOUR}
    given = {
        "heard": {each for each in FOUR if has(found, each, Part.AUDIO)},
        "altered": {each for each in FOUR if has(found, each, Part.ALTERED_AUDIO)},
        "read": {each for each in FOUR if has(found, each, Part.TRANSCRIPT)},
        "known": {each for each in FOUR if has(found, each, Part.DESCRIPTION)},
    }
    leads = LEADS[language]
    assert (leads["alone"] in said) == (not any(given.values()))
    more = {"altered": given["heard"], "known": given["heard"] | given["altered"]}
    more["known"] = more["known"] | given["read"]
    for what, audiences in given.items():
        named = {a for a in FOUR if names[a] in said.get(leads[what], "").split(", ")}
        # Nobody is named who has not got it, nor left out who has it of their own.
        assert named <= audiences
        if PUBLIC not in named:
            assert named == audiences - more.get(what, set())
    return said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audiences", SETS, ids=lambda s: "+".join(map(str, s)) or "-")
def test_no_sentence_is_ever_wrong(audiences, language):
    for level, condition, approved in product(Level, CONDITIONS, (True, False)):
        permission = Permission(level=level, **condition)
        terms = Terms(permissions=dict.fromkeys(audiences, permission))
        check(standing(terms, approved=approved), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_where_each_has_another_level_and_some_are_kept_out(language):
    for levels in product((Level.EXISTENCE, Level.WORDS, Level.VOICE), repeat=4):
        permissions = {
            a: Permission(level=level) for a, level in zip(FOUR, levels, strict=True)
        }
        check(standing(Terms(permissions=permissions)), language)
        for wall in FOUR:
            never = frozenset({wall})
            check(standing(Terms(permissions=permissions, never=never)), language)


VOICE = Permission(level=Level.VOICE)
CASES = {
    "nobody": (standing(Terms()), {"Hoy la puede escuchar:": "solo usted"}),
    "researchers who ask": (
        standing(
            Terms(permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)})
        ),
        {
            "Hoy solo ven el título y los temas:": "investigadores",
            "Le preguntan antes a usted:": "investigadores",
        },
    ),
    "words not approved": (
        standing(
            Terms(permissions={PUBLIC: Permission(level=Level.WORDS)}), approved=False
        ),
        {
            "Hoy solo ven el título y los temas:": "cualquier persona",
            "Nadie más lee sus palabras hasta que usted las apruebe.": "",
        },
    ),
    "a wall": (
        standing(Terms(permissions={PUBLIC: VOICE}, never=frozenset({CARETAKERS}))),
        {
            "Hoy usted deja oír su voz a:": "cualquier persona",
            "Hoy usted deja oír su voz cambiada a:": "",
            "Hoy usted deja leer sus palabras a:": "cualquier persona",
            "Nunca:": "quienes cuidan el archivo",
        },
    ),
    "a day to come": (
        standing(
            Terms(
                permissions={
                    COMMUNITY: Permission(
                        level=Level.VOICE,
                        not_before=NOW + DAY,
                        open_without_asking=True,
                    )
                }
            )
        ),
        {
            "Hoy la puede escuchar:": "solo usted",
            "El 24 de noviembre de 2026 se abre sola a:": "gente de la comunidad",
        },
    ),
    "a yes": (
        standing(
            Terms(
                permissions={RESEARCHERS: Permission(level=Level.VOICE, ask_me=True)}
            ),
            answers=(Answer("e1", Level.VOICE, NOW + DAY),),
        ),
        {
            "Hoy solo ven el título y los temas:": "investigadores",
            "Le preguntan antes a usted:": "investigadores",
            "Personas a quienes dijo que sí:": "1",
        },
    ),
    "parts taken out": (
        standing(
            Terms(
                permissions={PUBLIC: Permission(level=Level.WORDS)},
                passages=(Passage(span=Span(5, 9), level=Level.NOTHING),),
            )
        ),
        {
            "Hoy usted deja leer sus palabras a:": "cualquier persona",
            "No tienen las partes que usted quitó.": "",
        },
    ),
}


@pytest.mark.parametrize(("found", "wanted"), CASES.values(), ids=CASES)
def test_what_is_said(found, wanted):
    wanted = {lead: who for lead, who in wanted.items() if who or lead[-1] == "."}
    assert told(found) == wanted


def test_among_several_it_says_that_it_takes_everyone():
    closed, opened = standing(Terms()), standing(Terms(permissions={PUBLIC: VOICE}))

    assert told(closed, others=True) == {
        "Hoy la puede escuchar:": "solo usted y quien habla en ella"
    }
    assert "Se abre solo hasta donde todos estén de acuerdo." in told(
        opened, others=True
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_short(language):
    for found, _ in CASES.values():
        for others in (True, False):
            for lead, who in told(found, language, others=others).items():
                assert len(f"{lead} {who}".split()) <= LONGEST
                assert re.match(r"[A-Z]", lead)
