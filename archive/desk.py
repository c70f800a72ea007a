"""The caretakers' desk: states and counts, never content."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from archive import ledger
from archive.access import NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.models.testimony import SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from consent.actors import Actor, Person
from consent.parts import Part
from consent.rules import disclosed

STATES = ("waiting", "running", "done", "failed", "refused")


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """A testimony as caretakers see it: an opaque id, sizes, states.

    `audiences` names the kinds of audience that it is open to; `open_to_desk` says
    whether caretakers are among them.
    """

    testimony_id: str
    arrived_on: date
    size: int
    state: str
    done_seconds: float
    total_seconds: float
    error_code: str | None
    audiences: tuple[str, ...]
    open_to_desk: bool


@dataclass(frozen=True)
class Desk:
    """What caretakers need to keep the archive going."""

    database: Database
    now: Clock

    def queue(self, actor: Actor) -> list[QueueRow]:
        """Return every testimony and how far it has come, newest first."""
        if not isinstance(actor, Person) or not actor.caretaker:
            raise NotHereError
        return self.rows(actor)

    def rows(self, actor: Actor | None = None) -> list[QueueRow]:
        """Return the same for the operator at the command line."""
        now = self.now()
        with self.database.reading() as session:
            sizes: dict[str, int] = {
                row.testimony_id: row.plain_size
                for row in session.scalars(
                    select(SealedObject).where(SealedObject.part == Part.ORIGINAL.value)
                )
            }
            jobs = {
                row.testimony_id: row
                for row in session.scalars(select(TranscriptionJob))
            }
            arrived = {
                row.testimony_id: row.arrived_on
                for row in session.scalars(select(Testimony))
            }
            standings = ledger.standings(session, now)
        found = []
        for standing in standings:
            job = jobs.get(standing.testimony_id)
            audiences = () if standing.withdrawn else standing.terms.permissions
            level = disclosed(standing, actor, now).level if actor is not None else 0
            found.append(
                QueueRow(
                    testimony_id=standing.testimony_id,
                    arrived_on=arrived[standing.testimony_id],
                    size=sizes.get(standing.testimony_id, 0),
                    state=job.state if job else "failed",
                    done_seconds=job.done_seconds if job else 0.0,
                    total_seconds=job.total_seconds if job else 0.0,
                    error_code=job.error_code if job else "lost",
                    audiences=tuple(sorted({a.kind.value for a in audiences})),
                    open_to_desk=level > 0,
                )
            )
        return found

    def retry(self, actor: Actor, testimony_id: str) -> None:
        """Let a failed job be tried again."""
        if not isinstance(actor, Person) or not actor.caretaker:
            raise NotHereError
        with self.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            if job is None:
                raise NotHereError
            if job.state == "failed":
                job.state, job.error_code = "waiting", None
