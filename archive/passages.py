"""Parts that a narrator takes out of their story, and hears so before it counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive.access import NotHereError
from archive.clock import Clock
from archive.copy_queue import Copy, CopyQueue
from archive.wishes import Wishes
from consent.actors import Actor
from consent.audiences import PUBLIC, Audience
from consent.holes import holes_of
from consent.levels import Level
from consent.parts import DISCLOSED_AT, Part
from consent.terms import Passage, Terms

MOST = 1000


class PassageError(Exception):
    """A passage cannot be taken out or given back so; nothing was changed.

    `code` is `many`, or `gone` where it is no longer among one's passages.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Passages:
    """What narrators do with passages of their own testimony; others find none."""

    wishes: Wishes
    copies: CopyQueue
    now: Clock

    def of(self, actor: Actor, testimony_id: str) -> tuple[Passage, ...]:
        """Return the passages that oneself has lowered, as last said."""
        return self.wishes.terms(actor, testimony_id).passages

    def take_out(self, actor: Actor, testimony_id: str, passage: Passage) -> None:
        """Lower a passage, at once; raise `PassageError`."""

        def lowered(terms: Terms) -> Terms:
            if passage in terms.passages:
                return terms
            if len(terms.passages) >= MOST:
                raise PassageError("many")
            return replace(terms, passages=(*terms.passages, passage))

        self._alter(actor, testimony_id, lowered)

    def give_back(self, actor: Actor, testimony_id: str, passage: Passage) -> None:
        """Leave a passage as open as the rest; raise `PassageError`."""

        def raised(terms: Terms) -> Terms:
            left = tuple(each for each in terms.passages if each != passage)
            if len(left) == len(terms.passages):
                raise PassageError("gone")
            return replace(terms, passages=left)

        self._alter(actor, testimony_id, raised)

    def hear_first(
        self, actor: Actor, testimony_id: str, passage: Passage | None
    ) -> tuple[Copy, str]:
        """Return the copy that others would hear with this passage, and how it stands.

        It is made where it is not there yet: `waiting`, `made`, or a code of why not.
        """
        terms = self.wishes.terms(actor, testimony_id)
        if passage is not None:
            terms = replace(terms, passages=(*terms.passages, passage))
        copy = self._as_heard(terms, passage)
        self.copies.ask(testimony_id, copy, self.now().date())
        return copy, self.copies.state(testimony_id, copy)

    def named(self, actor: Actor, testimony_id: str, digest: str) -> Copy:
        """Return a copy that was to be heard first, or raise `NotHereError`."""
        self.wishes.standing(actor, testimony_id)
        found = self.copies.named(testimony_id, digest)
        if found is None:
            raise NotHereError
        return found

    def _as_heard(self, terms: Terms, passage: Passage | None) -> Copy:
        audience = _first_of(passage)
        limits = terms.limits(audience, self.now())
        said = terms.permissions.get(audience)
        disguised = said is not None and said.level is Level.ALTERED_VOICE
        part = Part.ALTERED_AUDIO if disguised else Part.AUDIO
        withheld = limits.below(DISCLOSED_AT[part])
        return Copy(part, holes_of(withheld, terms.removed))

    def _alter(
        self, actor: Actor, testimony_id: str, alter: Callable[[Terms], Terms]
    ) -> None:
        self.wishes.alter_terms(actor, testimony_id, alter)


def _first_of(passage: Passage | None) -> Audience:
    """Return for whom a passage is to be heard: the widest that it names, or anyone."""
    if passage is None or (not passage.audiences and not passage.never):
        return PUBLIC
    named = passage.audiences.keys() | passage.never
    return PUBLIC if PUBLIC in named else min(named, key=str)
