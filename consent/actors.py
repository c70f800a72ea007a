"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consent.audiences import (
    CARETAKERS,
    COMMUNITY,
    PUBLIC,
    RESEARCHERS,
    TRANSCRIBER,
    Audience,
    AudienceKind,
)

_ATTESTED = frozenset(
    {
        AudienceKind.CARETAKERS,
        AudienceKind.COMMUNITY,
        AudienceKind.RESEARCHERS,
        AudienceKind.CIRCLE,
    }
)


@dataclass(frozen=True)
class Membership:
    """That someone is in an audience, who attests it, and until when (aware)."""

    audience: Audience
    attestor: str
    until: datetime

    def __post_init__(self) -> None:
        if self.audience.kind not in _ATTESTED:
            raise ValueError("nobody attests that audience")
        if not self.attestor:
            raise ValueError("nobody attests it")
        if self.until.utcoffset() is None:
            raise ValueError("a time without its zone")


@dataclass(frozen=True)
class Anyone:
    """A visitor whom nobody vouches for."""


@dataclass(frozen=True)
class Narrator:
    """Someone known by a claim code: a narrator, or whom a narrator trusts with one."""

    narrator_id: str


@dataclass(frozen=True)
class Person:
    """Someone with an account; each membership holds only while it is attested.

    `formerly`: audiences they were in once. It gives them nothing; walls still stand.
    """

    person_id: str
    memberships: frozenset[Membership] = frozenset()
    formerly: frozenset[Audience] = frozenset()

    def __post_init__(self) -> None:
        # Whom no terms could name, no wall could keep out either.
        Audience(AudienceKind.PERSON, self.person_id)

    @property
    def caretaker(self) -> bool:
        """Say whether they were attested as a caretaker when they were recognised."""
        return self._attested(CARETAKERS)

    @property
    def researcher(self) -> bool:
        """Say whether they were attested as a researcher when they were recognised."""
        return self._attested(RESEARCHERS)

    @property
    def community(self) -> bool:
        """Say whether they were attested as a member when they were recognised."""
        return self._attested(COMMUNITY)

    def _attested(self, audience: Audience) -> bool:
        return any(each.audience == audience for each in self.memberships)


@dataclass(frozen=True)
class Transcriber:
    """The archive's own speech recognition; it too asks for consent."""


@dataclass(frozen=True)
class Renderer:
    """The archive's own maker of listening copies, sealed again as they are made."""


Actor = Anyone | Narrator | Person | Transcriber | Renderer


def audiences_of(actor: Actor, now: datetime) -> frozenset[Audience]:
    """List the audiences an actor is in at `now`; all but machines are the public."""
    match actor:
        case Person(memberships=memberships):
            attested = (m.audience for m in memberships if now < m.until)
            return _named(actor).union(attested)
        case _:
            return ever_audiences_of(actor)


def ever_audiences_of(actor: Actor) -> frozenset[Audience]:
    """List the audiences an actor is or ever was attested to be in."""
    match actor:
        case Anyone() | Narrator():
            return _PUBLIC
        case Person(memberships=memberships):
            ever = actor.formerly.union(m.audience for m in memberships)
            return _named(actor) | ever
        case Transcriber():
            return frozenset({TRANSCRIBER})
        case Renderer():
            return frozenset()


def imagined(audience: Audience, now: datetime) -> "Anyone | Person":
    """Return someone who is in just one audience, besides the public, at `now`."""
    if audience == PUBLIC:
        return Anyone()
    if audience.kind is AudienceKind.PERSON:
        return Person(audience.identifier)
    until = now + _A_WHILE
    attested = Membership(audience, "imagined", until)
    # Nobody has this number: what was said to one person is not said to them.
    return Person("0" * 64, frozenset({attested}))


_A_WHILE = timedelta(days=1)
_PUBLIC = frozenset({PUBLIC})


def _named(person: Person) -> frozenset[Audience]:
    return frozenset({PUBLIC, Audience(AudienceKind.PERSON, person.person_id)})
