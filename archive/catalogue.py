"""Lists what an actor may know of, by the gate's own answer."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from archive import audit, ledger
from archive.access import (
    Access,
    DamagedPartError,
    DamagedStoryError,
    LockedError,
    NotHereError,
)
from archive.cards import Card, card_of
from archive.clock import Clock
from archive.database import Database
from archive.descriptions import Description
from archive.holders import narrators_of, testimonies_of
from archive.inbox import Inbox
from archive.models.testimony import Testimony
from archive.transcripts import Transcripts, TranscriptState
from archive.wishes import Wishes
from consent.actors import Actor, Narrator
from consent.overview import Overview, overview
from consent.parts import HEARD_BY_OTHERS
from consent.standing import Consent


@dataclass(frozen=True, kw_only=True)
class NarratorCard:
    """A testimony as its narrator finds it; `locked` hides the title for now.

    `damaged` is `all`, where nothing of it opens, or `title`, or empty. `others` speak
    in it too; `left` says that someone left it, which closes it for good. `overview` is
    what this narrator's word alone gives.
    """

    testimony_id: str
    arrived_on: date
    description: Description
    consent: Consent
    transcript: TranscriptState
    waiting_requests: int
    listens: int
    locked: bool = field(default=False)
    noted_outside: bool | None = None
    damaged: str = ""
    capped: bool = False
    others: int = 0
    left: bool = False
    overview: Overview = field(default_factory=Overview)


@dataclass(frozen=True)
class Catalogue:
    """Lists and single cards, by the same rule."""

    database: Database
    gate: Access
    inbox: Inbox
    transcripts: Transcripts
    wishes: Wishes
    now: Clock

    def visible(self, actor: Actor) -> list[Card]:
        """Return what an actor may know of, newest first."""
        cards = []
        for testimony_id, found in self.gate.visible(actor):
            try:
                cards.append(card_of(self.gate, actor, testimony_id, found))
            except NotHereError:
                # Closed between the list and the look: it is simply not there.
                continue
        return cards

    def card(self, actor: Actor, testimony_id: str) -> Card:
        """Return one testimony as an actor may know it, or raise `NotHereError`."""
        found = self.gate.disclosure(actor, testimony_id)
        return card_of(self.gate, actor, testimony_id, found)

    def of_narrator(self, actor: Actor) -> list[NarratorCard]:
        """Return all testimonies of the narrator who asks."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        with self.database.reading() as session:
            rows = testimonies_of(session, actor.narrator_id)
        cards = []
        for row in rows:
            # Found by a delegate too: what they may do is not on a narrator's card.
            with suppress(NotHereError):
                cards.append(self._card_or_damage(actor, row))
        return cards

    def _card_or_damage(self, actor: Narrator, row: Testimony) -> NarratorCard:
        try:
            if not row.sound:
                # Not even its id is to be trusted: it may be found under none.
                raise DamagedStoryError
            return self._narrator_card(actor, row)
        except DamagedStoryError:
            return NarratorCard(
                testimony_id=row.testimony_id,
                arrived_on=row.arrived_on,
                description=Description(),
                consent=Consent(narrator_id=actor.narrator_id),
                transcript=TranscriptState.nothing(),
                waiting_requests=0,
                listens=0,
                damaged="all",
            )

    def _narrator_card(self, actor: Narrator, row: Testimony) -> NarratorCard:
        locked, damaged, now = False, "", self.now()
        try:
            description = self.wishes.description(actor, row.testimony_id)
        except LockedError:
            description, locked = Description(), True
        except DamagedStoryError:
            raise
        except DamagedPartError:
            description, damaged = Description(), "title"
        with self.database.reading() as session:
            entries = audit.listens_of(session, row.testimony_id)
            standing, own = ledger.own_consent(session, actor, row.testimony_id, now)
        return NarratorCard(
            testimony_id=row.testimony_id,
            arrived_on=row.arrived_on,
            description=description,
            consent=own,
            transcript=self.transcripts.state(actor, row.testimony_id),
            waiting_requests=self.inbox.waiting(actor, row.testimony_id),
            listens=sum(
                each.released and each.part in HEARD_BY_OTHERS for each in entries
            ),
            locked=locked,
            damaged=damaged,
            capped=bool(standing.caps),
            others=len(narrators_of(standing)) - 1,
            left=any(each.left for each in standing.consents),
            noted_outside=self.wishes.noted_outside(row.testimony_id),
            overview=overview(standing, actor.narrator_id, now),
        )
