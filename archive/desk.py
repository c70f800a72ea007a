"""The caretakers' desk: states and counts, never content."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from archive import ledger
from archive.access import Access, NotHereError
from archive.clock import Clock
from archive.database import Database
from archive.jobs import (
    DAMAGED,
    LEFT_OUT,
    MOVES,
    TELLING,
    moves_of,
    seconds_left,
    seconds_of,
    state_of,
)
from archive.models.testimony import SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from consent.actors import Actor, Person
from consent.audiences import TRANSCRIBER
from consent.parts import Part
from consent.standing import Standing


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """A testimony as caretakers see it: an opaque id, sizes, states.

    `audiences` names the kinds of audience that it is open to; `open_to_desk` says
    whether caretakers are among them. `moves` is what may be done with its job.
    """

    testimony_id: str
    arrived_on: date
    size: int
    state: str
    done_seconds: float
    total_seconds: float
    seconds_left: float | None
    error_code: str | None
    moves: tuple[str, ...]
    audiences: tuple[str, ...]
    open_to_desk: bool


@dataclass(frozen=True)
class Desk:
    """What caretakers need to keep the archive going."""

    database: Database
    gate: Access
    now: Clock

    def queue(self, actor: Actor) -> list[QueueRow]:
        """Return every testimony and how far it has come, newest first."""
        if not isinstance(actor, Person) or not actor.caretaker:
            raise NotHereError
        # Whether there is more to see is the gate's to say: it knows of the keys too.
        return self.rows(actor)

    def rows(self, actor: Actor | None = None) -> list[QueueRow]:
        """Return the same for the operator at the command line."""
        # What the gate would list, and nothing that only its terms seem to open.
        visible = {each for each, _ in self.gate.visible(actor)} if actor else set()
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
            surveyed = ledger.surveyed(session, self.now())
        found = []
        for row, standing in surveyed:
            if not isinstance(standing, Standing):
                found.append(_damaged(row))
                continue
            job = jobs.get(standing.testimony_id)
            found.append(
                QueueRow(
                    testimony_id=standing.testimony_id,
                    arrived_on=row.arrived_on,
                    size=sizes.get(standing.testimony_id, 0),
                    state=state_of(job) if job else "failed",
                    done_seconds=seconds_of(job.done_seconds) if job else 0.0,
                    total_seconds=seconds_of(job.total_seconds) if job else 0.0,
                    seconds_left=seconds_left(job) if job else None,
                    error_code=job.error_code if job else "lost",
                    moves=moves_of(state_of(job)) if job else (),
                    audiences=_opened_to(standing),
                    open_to_desk=standing.testimony_id in visible,
                )
            )
        return found

    def move(self, actor: Actor, testimony_id: str, move: str) -> bool:
        """Pause, resume, cancel or retry a job; say whether its state allowed it.

        A worker that has it in hand notices within one window. Where only who speaks
        is still to be told, cancelling leaves that out: the words are kept.
        """
        if not isinstance(actor, Person) or not actor.caretaker:
            raise NotHereError
        with self.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            if job is None or move not in MOVES:
                raise NotHereError
            state = MOVES[move].get(state_of(job))
            if state is None:
                return False
            if move == "cancel" and job.speakers == TELLING:
                state, job.speakers = "waiting", LEFT_OUT
            job.state, job.error_code = state, None
            return True


def _opened_to(standing: Standing) -> tuple[str, ...]:
    """Name the kinds of audience that every narrator has said something for."""
    if standing.withdrawn:
        return ()
    kinds = [
        {each.kind for each in consent.terms.permissions if each != TRANSCRIBER}
        for consent in standing.consents
    ]
    return tuple(sorted(kind.value for kind in set.intersection(*kinds)))


def _damaged(row: Testimony) -> QueueRow:
    return QueueRow(
        testimony_id=row.testimony_id,
        arrived_on=row.arrived_on,
        size=0,
        state=DAMAGED,
        done_seconds=0.0,
        total_seconds=0.0,
        seconds_left=None,
        error_code=None,
        moves=(),
        audiences=(),
        open_to_desk=False,
    )
