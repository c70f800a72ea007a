"""The full table: actor by audience by level by part, written out from the design.

Properties alone let "caretakers hear what researchers hear" pass; this does not.
"""

import pytest

from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import Audience
from consent.decisions import Release
from consent.levels import Level
from consent.parts import Part
from consent.rules import decide
from consent.standing import Standing
from consent.terms import Permission, Terms
from tests.consent.conftest import NOON

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
    },
    "caretakers": {"caretaker"},
    "researchers": {"researcher", "both"},
    "community": {"member", "both"},
    "person:f1": {"friend"},
    "circle:c1": {"friend"},
}
ACTORS = {
    "anyone": Anyone(),
    "other narrator": Narrator("x"),
    "nobody": Person("e0"),
    "caretaker": Person("e1", caretaker=True),
    "researcher": Person("e2", researcher=True),
    "member": Person("e3", community=True),
    "both": Person("e4", researcher=True, community=True),
    "friend": Person("f1", circles=frozenset({"c1"})),
    "transcriber": Transcriber(),
    "renderer": Renderer(),
    "narrator": Narrator("n"),
}
# From which level on each part is given to an audience; the others never are.
FROM = {
    Part.DESCRIPTION: Level.EXISTENCE,
    Part.TRANSCRIPT: Level.WORDS,
    Part.CAPTIONS: Level.WORDS,
    Part.AUDIO: Level.VOICE,
}
MACHINES = {
    "transcriber": {Part.ORIGINAL, Part.CHECKPOINT},
    "renderer": {Part.ORIGINAL},
}


def given(name, audience, level, part):
    if name == "narrator":
        return part is not Part.CHECKPOINT
    if name in MACHINES:
        return part in MACHINES[name]
    return name in MEMBERS[audience] and part in FROM and level >= FROM[part]


@pytest.mark.parametrize("audience", MEMBERS)
@pytest.mark.parametrize("name", ACTORS)
def test_who_is_given_what_is_opened_to_whom(name, audience):
    for level in Level:
        terms = Terms(permissions={Audience.parse(audience): Permission(level=level)})
        standing = Standing(
            testimony_id="t", narrator_id="n", terms=terms, transcript_approved=True
        )
        found = {
            part
            for part in Part
            if isinstance(decide(standing, ACTORS[name], part, NOON), Release)
        }
        assert found == {p for p in Part if given(name, audience, level, p)}, level
