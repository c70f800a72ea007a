"""What was done about a testimony, as its narrator may know it.

Several narrators do not see what the others said: each finds their own acts, and those
that are about the testimony as such.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from archive import ledger
from archive.access import Access, DamagedPartError, LockedError, NotHereError
from archive.database import Database
from archive.models.testimony import Testimony
from consent.actors import Actor, Narrator
from consent.acts import (
    Act,
    Asked,
    Capped,
    Erased,
    Given,
    Joined,
    Left,
    PassedOn,
    TurnedAway,
    Uncapped,
)
from consent.decisions import Reason
from consent.history import standing_at, start_of
from consent.standing import Consent


@dataclass(frozen=True)
class PastAct:
    """One act with its place in the ledger and its day."""

    sequence: int
    day: date
    kind: str
    act: Act


@dataclass(frozen=True)
class Past:
    """Reads the ledger for the narrator alone."""

    database: Database
    gate: Access

    def of(self, actor: Actor, testimony_id: str) -> list[PastAct]:
        """Return what the asking narrator may know was done, oldest first."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        if Reason.NARRATOR not in self.gate.disclosure(actor, testimony_id).reasons:
            raise NotHereError
        with self.database.reading() as session:
            depositor = session.get_one(Testimony, testimony_id).narrator_id
            history = ledger.history_of(session, testimony_id)
        return [
            PastAct(row.sequence, row.day, row.kind, act)
            for row, act in history
            if _concerns(act, depositor, actor.narrator_id)
        ]

    def consent(
        self, actor: Actor, testimony_id: str, acts: Iterable[Act], day: date
    ) -> Consent:
        """Return how the asking narrator's consent stood on a day, after some acts."""
        if not isinstance(actor, Narrator):
            raise NotHereError
        with self.database.reading() as session:
            depositor = session.get_one(Testimony, testimony_id).narrator_id
        standing = standing_at(testimony_id, depositor, acts, start_of(day))
        own = standing.of(actor.narrator_id)
        return own or Consent(narrator_id=actor.narrator_id)

    def names(self, actor: Actor, testimony_id: str) -> Callable[[str], str]:
        """Return what names persons to a narrator, as far as the gate does."""
        known: dict[str, str] = {}

        def name(person_id: str) -> str:
            if person_id not in known:
                known[person_id] = self._name(actor, testimony_id, person_id)
            return known[person_id]

        return name

    def _name(self, actor: Actor, testimony_id: str, person_id: str) -> str:
        try:
            card = self.gate.card_for_narrator(actor, testimony_id, person_id)
        except (LockedError, NotHereError, DamagedPartError):
            return ""
        return str(json.loads(card)["name"])


def _concerns(act: Act, depositor: str, narrator_id: str) -> bool:
    match act:
        case Given():
            return narrator_id == depositor
        case Joined() | Left() | Asked() | PassedOn() | TurnedAway():
            return True
        case Capped() | Uncapped() | Erased():
            return True
        case _:
            return (act.narrator_id or depositor) == narrator_id
