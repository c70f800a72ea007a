"""Who asked and who listened, as far as whoever wants to know may."""

from collections.abc import Sequence

from sqlalchemy import select

from archive import audit
from archive.access import NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.keys import Keys
from archive.models.person import PersonRow
from archive.models.request import RequestRow
from archive.questions import answerable
from consent.actors import Actor, Person
from storage.identities import Identity


class Introductions:
    """The gate's part about people."""

    database: Database
    keys: Keys
    now: Clock

    def card(self, actor: Actor, person_id: str) -> bytes:
        """Return who an account belongs to: for caretakers and for that person."""
        if not isinstance(actor, Person) or not (
            actor.caretaker or actor.person_id == person_id
        ):
            raise NotHereError
        return self._card(person_id)

    def card_for_narrator(
        self, actor: Actor, testimony_id: str, person_id: str
    ) -> bytes:
        """Return who someone is that asked for, or listened to, one's testimony."""
        self._as_narrator(actor, testimony_id)
        with self.database.reading() as session:
            listened = {
                entry.person_id
                for entry in audit.listens_of(session, testimony_id)
                if entry.released
            }
            asked = session.scalars(
                select(RequestRow.person_id).where(
                    RequestRow.testimony_id == testimony_id
                )
            )
            came_near = listened.union(asked)
        if person_id not in came_near:
            raise NotHereError
        return self._card(person_id)

    def who_asks(self, actor: Actor, request_id: str) -> bytes:
        """Return who asks, to the narrator who is asked or to whom it was left."""
        return self._card(self._answerable(actor, request_id).person_id)

    def purpose(self, actor: Actor, request_id: str) -> bytes:
        """Return what a request says, to the narrator or to whom it was left."""
        row = self._answerable(actor, request_id)
        key = self.keys.testimony(row.testimony_id, actor)
        return self._unsealed(row.purpose, [key])

    def _answerable(self, actor: Actor, request_id: str) -> RequestRow:
        with self.database.reading() as session:
            return answerable(session, actor, request_id, self.now())

    def _card(self, person_id: str) -> bytes:
        with self.database.reading() as session:
            row = session.get(PersonRow, person_id)
        if row is None:
            raise NotHereError
        return self._unsealed(row.card, self.keys.archive())

    def _as_narrator(self, actor: Actor, testimony_id: str) -> None:
        """Raise `NotHereError` for everyone but its narrators."""
        raise NotImplementedError

    def _unsealed(self, sealed: bytes, identities: Sequence[Identity]) -> bytes:
        """Open what only the gate may open."""
        raise NotImplementedError
