"""What may come out to whom: asked of `decide`, part by part, with nothing remembered."""

from collections.abc import Iterator

from archive import ledger
from archive.clock import now
from archive.house import House
from archive.sessions import NARRATOR, PERSON
from consent.actors import Actor, Anyone, Person, Renderer, Transcriber
from consent.decisions import Release
from consent.levels import Level, Naming
from consent.parts import Part
from consent.rules import decide, disclosed
from tests.archive.ways_world import (
    NO_REQUEST,
    SEGMENTS,
    Story,
    World,
    claim_of,
    forms,
    mark_of,
)

GUARD = 250
ACTORS = (
    *("nobody", "other narrator", "researcher", "applicant", "expired"),
    *("member", "caretaker", "walled"),
)
QUICK = ("nobody", "researcher")
MACHINES = {"transcriber": Transcriber(), "renderer": Renderer()}
_PERSONAL = ("person-name", "person-purpose")


def signed_in(world: World, house: House, actor: str) -> str | None:
    """A new session of an actor; its token."""
    if actor == "nobody":
        return None
    if actor in world.people:
        return house.sessions.begin(PERSON, world.people[actor])
    own = world.others["own"]
    claim = claim_of(own.code, house.installation.claim_salt)
    return house.sessions.begin(NARRATOR, own.narrator_id, claim.identity)


def knows(house: House, actor: Actor, story: Story) -> bool:
    """Say whether `decide` lets an actor know that there is such a story."""
    return _level(house, actor, story) > Level.NOTHING


def may_have(house: House, actor: Actor, story: Story) -> set[str]:
    """The kinds of mark that `decide` gives an actor of a story."""
    if not knows(house, actor, story):
        return set()
    with house.database.reading() as session:
        standing = ledger.standing_of(session, story.testimony_id, now())
    naming = disclosed(standing, actor, now()).naming
    found: set[str] = set()
    for part in Part:
        decision = decide(standing, actor, part, now())
        if isinstance(decision, Release):
            found |= set(_marks(part, decision, naming))
    own = actor == Anyone() or getattr(actor, "narrator_id", "") == story.narrator_id
    return found | ({"purpose"} if own and "original" in found else set())


class Judge:
    """Knows what one actor may have, and finds in an answer what they may not."""

    def __init__(self, world: World, house: House, actor: Actor) -> None:
        self.known: set[str] = set()
        self._forbidden: list[tuple[str, bytes]] = []
        self._all: list[tuple[str, bytes]] = []
        self._ids: list[tuple[str, str]] = []
        # Opaque ids are what the desk keeps stories and requests apart by. Never whose
        # they are: that would tell which stories are one narrator's.
        desk = isinstance(actor, Person) and actor.caretaker
        by_desk = {"testimony", "request"} if desk else set()
        for story in world.stories:
            own = getattr(actor, "narrator_id", "") == story.narrator_id
            allowed = set(story.marks) if own else may_have(house, actor, story)
            self._forbid(story, set(story.marks) - allowed)
            self._all += [
                (f"{story.name}: {kind}", form.lower())
                for kind, mark in story.marks.items()
                for form in forms(mark)
            ]
            if own or knows(house, actor, story):
                self.known.add(story.name)
            else:
                self._ids += [
                    (f"{story.name}: id of {kind}", each)
                    for kind, each in story.ids.items()
                    if each != NO_REQUEST and kind not in by_desk
                ]
        if not (isinstance(actor, Person) and actor.caretaker):
            own_id = actor.person_id if isinstance(actor, Person) else ""
            for login, person_id in world.people.items():
                if person_id != own_id:
                    self._forbid_person(login)

    def leaked(self, told: bytes, asked: str = "") -> list[str]:
        """The marks and ids in an answer that the actor may not have.

        An id that was in the question can come back; whether it may is a matter of
        comparing the answer with that for an id that never was.
        """
        low = told.lower()
        found = {name for name, mark in self._forbidden if mark in low}
        found |= {
            n for n, each in self._ids if each not in asked and each.encode() in low
        }
        return sorted(found)

    def at_rest(self, content: bytes) -> list[str]:
        """The marks in a file that lies anywhere: nothing does in the clear, for anyone."""
        low = content.lower()
        return sorted({name for name, mark in self._all if mark in low})

    def _forbid(self, story: Story, kinds: set[str]) -> None:
        self._forbidden += [
            (f"{story.name}: {kind}", form.lower())
            for kind in kinds
            for form in forms(story.marks[kind])
        ]

    def _forbid_person(self, login: str) -> None:
        self._forbidden += [
            (f"{login}: who they are", form.lower())
            for kind in _PERSONAL
            for form in forms(mark_of(login, kind))
        ]


def _level(house: House, actor: Actor, story: Story) -> Level:
    own = getattr(actor, "narrator_id", "") == story.narrator_id
    if story.name == "left-out" and not own:
        # Said here, and not asked of the keyring: it is the keyring that is tried.
        return Level.NOTHING
    with house.database.reading() as session:
        try:
            standing = ledger.standing_of(session, story.testimony_id, now())
        except ledger.NoSuchTestimonyError:
            return Level.NOTHING
    return disclosed(standing, actor, now()).level


def _marks(part: Part, release: Release, naming: Naming) -> Iterator[str]:
    match part:
        case Part.DESCRIPTION:
            yield from ("title", "topic")
            if naming is Naming.NAME:
                yield "name"
            elif naming is Naming.PSEUDONYM:
                yield "pseudonym"
        case Part.TRANSCRIPT | Part.CAPTIONS:
            for kind, (start, end) in SEGMENTS.items():
                touched = any(
                    each.start < end * 1000 + GUARD
                    and (each.end is None or each.end > start * 1000 - GUARD)
                    for each in release.withheld
                )
                if kind != "invented" and not touched:
                    yield kind
        case Part.AUDIO:
            yield "sound"
        case Part.ALTERED_AUDIO:
            yield "disguised"
        case Part.ORIGINAL:
            yield from ("original", "filename")
        case Part.MACHINE_TRANSCRIPT:
            yield from ("opened", "withheld", "invented", "draft", "machine")
        case Part.CHECKPOINT:
            pass
