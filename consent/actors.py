"""Who is asking."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Anyone:
    """A visitor whom nobody vouches for."""


@dataclass(frozen=True)
class Narrator:
    """The person whose story it is, known by a claim code."""

    narrator_id: str


@dataclass(frozen=True)
class Person:
    """Someone with an account; each role holds only while its attestation does."""

    person_id: str
    caretaker: bool = False
    researcher: bool = False
    community: bool = False
    circles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Transcriber:
    """The archive's own speech recognition; it too asks for consent."""


@dataclass(frozen=True)
class Renderer:
    """The archive's own maker of listening copies, sealed again as they are made."""


Actor = Anyone | Narrator | Person | Transcriber | Renderer
