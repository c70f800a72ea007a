"""Server-side sessions: the cookie holds a token, the database only its digest."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete

from archive.clock import Clock
from archive.database import Database
from archive.models.person import PersonRow, SessionRow
from consent.actors import Actor, Anyone, Narrator, Person

NARRATOR = "narrator"
PERSON = "person"
_IDLE = {NARRATOR: 15 * 60, PERSON: 30 * 60}
_ABSOLUTE = 8 * 3600
_TOUCH_AFTER = 60
VETTED = "vetted"


@dataclass(frozen=True)
class Sessions:
    """Begins, recognises and ends sessions; idle 15 or 30 minutes, 8 hours at most."""

    database: Database
    now: Clock

    def begin(self, kind: str, subject: str) -> str:
        """Return a new session's token (256 random bits)."""
        token = secrets.token_urlsafe(32)
        now = int(self.now().timestamp())
        with self.database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.expires <= now))
            session.add(
                SessionRow(
                    token_digest=_digest(token),
                    kind=kind,
                    subject=subject,
                    expires=now + _ABSOLUTE,
                    idle_after=now + _IDLE[kind],
                )
            )
        return token

    def actor(self, token: str | None) -> Actor:
        """Say who is asking; whoever cannot be placed is `Anyone`."""
        if not token:
            return Anyone()
        now = self.now()
        seconds = int(now.timestamp())
        with self.database.reading() as session:
            row = session.get(SessionRow, _digest(token))
            if row is None or min(row.expires, row.idle_after) <= seconds:
                return Anyone()
            kind, subject, idle_after = row.kind, row.subject, row.idle_after
            person = session.get(PersonRow, subject) if kind == PERSON else None
        if idle_after - seconds < _IDLE[kind] - _TOUCH_AFTER:
            self._touch(token, seconds + _IDLE[kind])
        if kind == NARRATOR:
            return Narrator(subject)
        if person is None:
            return Anyone()
        attested = person.state == VETTED and (
            person.attested_until is None or person.attested_until >= now.date()
        )
        return Person(
            subject,
            caretaker=attested and person.role == "caretaker",
            researcher=attested and person.role == "researcher",
            community=attested and person.role == "community",
        )

    def end(self, token: str | None) -> None:
        """End a session; an unknown one is no error."""
        with self.database.writing() as session:
            session.execute(
                delete(SessionRow).where(SessionRow.token_digest == _digest(token))
            )

    def end_all(self, subject: str) -> None:
        """End every session of a narrator or a person."""
        with self.database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.subject == subject))

    def _touch(self, token: str, idle_after: int) -> None:
        with self.database.writing() as session:
            row = session.get(SessionRow, _digest(token))
            if row is not None:
                row.idle_after = idle_after


def _digest(token: str | None) -> str:
    return sha256((token or "").encode()).hexdigest()
