"""A narrator's own testimony as an audience has it: asked of the gate like theirs."""

from dataclasses import dataclass, replace

from typing_extensions import override

from archive.access import MAX_RANGE, Giving
from archive.cards import Card, card_of
from archive.released import Readable, Released
from archive.transcripts import Transcripts
from archive.views import SeenBy, View
from consent.actors import Actor
from consent.audiences import Audience
from consent.decisions import Disclosure
from consent.parts import Part


@dataclass(frozen=True)
class SeenAs(Readable):
    """The gate, asked by a narrator as someone of an audience."""

    gate: Giving
    audience: Audience

    @override
    def release(
        self,
        actor: Actor,
        testimony_id: str,
        part: Part,
        offset: int = 0,
        length: int = MAX_RANGE,
        *,
        listening: str | None = None,
        revision: int | None = None,
        view: View | None = None,
    ) -> Released:
        """Return what someone of the audience is given of a part."""
        return self.gate.release(
            actor, testimony_id, part, offset, length, view=SeenBy(self.audience)
        )

    def disclosure(
        self, actor: Actor, testimony_id: str, seen_by: SeenBy | None = None
    ) -> Disclosure:
        """Say how far a testimony is open to the audience, or raise `NotHereError`."""
        mine = seen_by or SeenBy(self.audience)
        return self.gate.disclosure(actor, testimony_id, mine)


@dataclass(frozen=True)
class Shown:
    """What draws a testimony."""

    gate: Giving
    transcripts: Transcripts

    def card(self, actor: Actor, testimony_id: str) -> Card:
        """Return one testimony as whoever is shown it may know it."""
        found = self.gate.disclosure(actor, testimony_id)
        return card_of(self.gate, actor, testimony_id, found)


@dataclass(frozen=True)
class Showing:
    """Gives what draws a testimony to whoever asks, or to its narrator as to others."""

    gate: Giving
    transcripts: Transcripts

    def mine(self) -> Shown:
        """Return what draws it as whoever asks may have it."""
        return Shown(self.gate, self.transcripts)

    def of(self, audience: Audience) -> Shown:
        """Return what draws it as an audience has it now."""
        seen = SeenAs(self.gate, audience)
        return Shown(seen, replace(self.transcripts, gate=seen))
