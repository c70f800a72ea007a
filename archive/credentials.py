"""Actors as they come from a living session, with the token that proves it.

Only the token travels to the vault: who is asking, the vault looks up itself.
"""

from dataclasses import dataclass, field

from consent.actors import Actor, Narrator, Person


@dataclass(frozen=True)
class SignedInNarrator(Narrator):
    """A narrator who entered a claim code."""

    token: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class SignedInPerson(Person):
    """Someone who signed in to an account."""

    token: str = field(default="", repr=False, compare=False)


def token_of(actor: Actor) -> str | None:
    """Return the token that an actor came with; none proves nothing."""
    if isinstance(actor, SignedInNarrator | SignedInPerson):
        return actor.token
    return None
