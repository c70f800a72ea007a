"""Actors as they come from a living session, with the token that proves it.

Only the token travels to the vault: who is asking, the vault looks up itself.
"""

from dataclasses import dataclass, field

from consent.actors import Actor, Narrator, Person


@dataclass(frozen=True)
class SignedInNarrator(Narrator):
    """A narrator who entered a claim code, or with a passkey.

    With a passkey `opens` says which stories their code opened when it was added; the
    code itself is not at hand then.
    """

    token: str = field(default="", repr=False, compare=False)
    opens: frozenset[str] | None = None


@dataclass(frozen=True)
class SignedInPerson(Person):
    """Someone who signed in to an account."""

    token: str = field(default="", repr=False, compare=False)


def without_words(actor: Actor) -> bool:
    """Say whether a narrator came in without their seven words."""
    return isinstance(actor, SignedInNarrator) and actor.opens is not None


def token_of(actor: Actor) -> str | None:
    """Return the token that an actor came with; none proves nothing."""
    if isinstance(actor, SignedInNarrator | SignedInPerson):
        return actor.token
    return None
