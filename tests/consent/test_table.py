"""The full table: actor by audience by level by part, written out from the design.

Properties alone let "caretakers hear what researchers hear" pass; this does not.
"""

from datetime import timedelta

import pytest

from consent.actors import Anyone, Narrator, Renderer, Transcriber
from consent.audiences import CARETAKERS, COMMUNITY, RESEARCHERS, Audience
from consent.decisions import Release
from consent.levels import Level
from consent.parts import Part
from consent.rules import decide
from consent.terms import Permission, Terms
from tests.consent.conftest import NOON, member, standing_of

CIRCLE = Audience.parse("circle:c1")
TICK = timedelta(microseconds=1)
# Who is in which audience: the only membership there is.
MEMBERS = {
    "public": {
        "anyone",
        "other narrator",
        "nobody",
        "caretaker",
        "researcher",
        "member",
        "both",
        "friend",
        "relative",
        "was caretaker",
        "was researcher",
        "was member",
        "was relative",
    },
    "caretakers": {"caretaker"},
    "researchers": {"researcher", "both"},
    "community": {"member", "both"},
    "person:f1": {"friend"},
    "circle:c1": {"relative"},
    "person:ff": set(),
    "circle:ff": set(),
}
# Whom a wall for an audience keeps out: also whoever was attested once.
WALLED = {
    "public": MEMBERS["public"],
    "caretakers": {"caretaker", "was caretaker"},
    "researchers": {"researcher", "both", "was researcher"},
    "community": {"member", "both", "was member"},
    "person:f1": {"friend"},
    "circle:c1": {"relative", "was relative"},
    "person:ff": set(),
    "circle:ff": set(),
}
ACTORS = {
    "anyone": Anyone(),
    "other narrator": Narrator("x"),
    "nobody": member(person="e0"),
    "caretaker": member(CARETAKERS, person="e1", until=NOON + TICK),
    "researcher": member(RESEARCHERS, person="e2", until=NOON + TICK),
    "member": member(COMMUNITY, person="e3", until=NOON + TICK),
    "both": member(RESEARCHERS, COMMUNITY, person="e4"),
    "friend": member(person="f1"),
    "relative": member(CIRCLE, person="e9"),
    "was caretaker": member(CARETAKERS, person="e5", until=NOON),
    "was researcher": member(RESEARCHERS, person="e6", until=NOON),
    "was member": member(COMMUNITY, person="e7", until=NOON),
    "was relative": member(CIRCLE, person="e8", until=NOON),
    "transcriber": Transcriber(),
    "renderer": Renderer(),
    "narrator": Narrator("a"),
}
# From which level on each part is given to an audience; the others never are.
FROM = {
    Part.DESCRIPTION: Level.EXISTENCE,
    Part.TRANSCRIPT: Level.WORDS,
    Part.CAPTIONS: Level.WORDS,
    Part.ALTERED_AUDIO: Level.ALTERED_VOICE,
    Part.AUDIO: Level.VOICE,
}
MACHINES = {
    "transcriber": {Part.ORIGINAL, Part.CHECKPOINT, Part.MACHINE_TRANSCRIPT},
    "renderer": {Part.ORIGINAL},
}


def given(name, audience, level, part):
    if name == "narrator":
        return part is not Part.CHECKPOINT
    if name in MACHINES:
        return part in MACHINES[name]
    return name in MEMBERS[audience] and part in FROM and level >= FROM[part]


def found(terms, name):
    standing = standing_of(terms=terms, transcript_approved=True)
    return {
        part
        for part in Part
        if isinstance(decide(standing, ACTORS[name], part, NOON), Release)
    }


@pytest.mark.parametrize("audience", MEMBERS)
@pytest.mark.parametrize("name", ACTORS)
def test_who_is_given_what_is_opened_to_whom(name, audience):
    for level in Level:
        terms = Terms(permissions={Audience.parse(audience): Permission(level=level)})

        expected = {p for p in Part if given(name, audience, level, p)}
        assert found(terms, name) == expected, level


@pytest.mark.parametrize("audience", WALLED)
@pytest.mark.parametrize("name", ACTORS)
def test_whom_a_wall_keeps_out_of_what_is_open_to_all(name, audience):
    terms = Terms(
        permissions={Audience.parse("public"): Permission(level=Level.IMAGE)},
        never=frozenset({Audience.parse(audience)}),
    )
    opened = {p for p in Part if given(name, "public", Level.IMAGE, p)}

    assert found(terms, name) == (set() if name in WALLED[audience] else opened)
