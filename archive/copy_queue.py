"""The queue of copies with holes: who may hear one, or wants to before it counts.

Only ids, parts, states and times of the original stand in it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive.cut_copies import LONGEST_NAME, holes_named, name_of
from archive.database import Database
from archive.models.copy_job import CopyJob
from archive.models.testimony import SealedObject
from consent.holes import Hole
from consent.parts import Part

WAITING, FAILED, MADE = "waiting", "failed", "made"
DRAFTS_KEPT = timedelta(days=1)
_MOST = 64


@dataclass(frozen=True)
class Copy:
    """One copy: of which part, and what it is to be made without."""

    part: Part
    holes: tuple[Hole, ...]

    @property
    def name(self) -> str:
        """Return how its holes are written down."""
        return name_of(self.holes) or ""

    @property
    def digest(self) -> str:
        """Return what names it in an address: SHA-256 of part and holes, in hex."""
        return sha256(f"{self.part.value} {self.name}".encode()).hexdigest()

    def key(self, testimony_id: str) -> tuple[str, str, str]:
        """Return the key of its row in the queue."""
        return testimony_id, self.part.value, self.digest


@dataclass(frozen=True)
class CopyQueue:
    """Reads and writes which copies of a testimony are to be made."""

    database: Database

    def ask(
        self, testimony_id: str, copy: Copy, drafted_on: date | None = None
    ) -> None:
        """Have a copy made, where it is not asked for yet; at most 64 of a testimony.

        A copy that could not be made is not tried again until the terms change.
        """
        if not copy.holes or len(copy.name) > LONGEST_NAME:
            return
        with self.database.reading() as session:
            if _stands(session, testimony_id, copy):
                return
        try:
            with self.database.writing() as session:
                self._add(session, testimony_id, copy, drafted_on)
        except IntegrityError:
            # Two listeners came at once: the other asked.
            return

    def wait(self, testimony_id: str, wanted: Collection[Copy]) -> None:
        """Have just these copies made, and drafts; forget all others."""
        named = {each.key(testimony_id): each for each in wanted}
        with self.database.writing() as session:
            for job in session.scalars(_jobs_of(testimony_id)):
                key = (job.testimony_id, job.part, job.digest)
                kept = named.pop(key, None)
                if kept is None and job.drafted_on is None:
                    session.delete(job)
                elif kept is not None:
                    job.drafted_on = None
                    if job.state == FAILED:
                        job.state, job.error_code = WAITING, None
            session.flush()
            for each in named.values():
                self._add(session, testimony_id, each, None)

    def waiting(self) -> list[str]:
        """List the testimonies of which a copy is to be made."""
        query = select(CopyJob.testimony_id).where(CopyJob.state == WAITING)
        with self.database.reading() as session:
            return sorted(set(session.scalars(query)))

    def known(self, session: Session) -> frozenset[str]:
        """List the testimonies of which a copy is asked for, or is there."""
        asked = session.scalars(select(CopyJob.testimony_id))
        there = select(SealedObject.testimony_id).where(SealedObject.holes.is_not(None))
        return frozenset(asked) | frozenset(session.scalars(there))

    def of(self, testimony_id: str) -> list[Copy]:
        """Return the copies of one that are to be made, as far as they can be read."""
        with self.database.reading() as session:
            jobs = session.scalars(_jobs_of(testimony_id))
            read = [_copy(each) for each in jobs if each.state == WAITING]
        return [each for each in read if each is not None]

    def kept(self, session: Session, testimony_id: str) -> frozenset[str]:
        """Name the holes of every copy that is asked for or was made for it."""
        return frozenset(job.holes for job in session.scalars(_jobs_of(testimony_id)))

    def note(self, testimony_id: str, copy: Copy, error_code: str) -> None:
        """Say that a copy cannot be made."""
        self._settle(testimony_id, copy, FAILED, error_code)

    def made(self, testimony_id: str, copy: Copy) -> None:
        """Say that a copy is there."""
        self._settle(testimony_id, copy, MADE, None)

    def state(self, testimony_id: str, copy: Copy) -> str:
        """Say how a copy stands: `waiting`, `made`, an error code, or nothing."""
        with self.database.reading() as session:
            job = session.get(CopyJob, copy.key(testimony_id))
            return "" if job is None else (job.error_code or job.state)

    def named(self, testimony_id: str, digest: str) -> Copy | None:
        """Return the copy whose holes have a digest; `Copy.digest` makes it."""
        with self.database.reading() as session:
            jobs = session.scalars(_jobs_of(testimony_id))
            found = [_copy(each) for each in jobs if each.digest == digest]
        return next((each for each in found if each is not None), None)

    def forget_drafts(self, today: date) -> list[str]:
        """Forget what was drafted before yesterday; list whose copies may go."""
        with self.database.writing() as session:
            old = CopyJob.drafted_on < today - DRAFTS_KEPT
            found = set(session.scalars(select(CopyJob.testimony_id).where(old)))
            session.execute(delete(CopyJob).where(old))
        return sorted(found)

    def _add(
        self, session: Session, testimony_id: str, copy: Copy, drafted_on: date | None
    ) -> None:
        job = session.get(CopyJob, copy.key(testimony_id))
        if job is not None:
            job.state, job.error_code = WAITING, None
            return
        jobs = list(session.scalars(_jobs_of(testimony_id)))
        if len(jobs) >= _MOST:
            session.delete(jobs[0])
        session.add(
            CopyJob(
                testimony_id=testimony_id,
                part=copy.part.value,
                digest=copy.digest,
                holes=copy.name,
                state=WAITING,
                error_code=None,
                drafted_on=drafted_on,
            )
        )

    def _settle(
        self, testimony_id: str, copy: Copy, state: str, error_code: str | None
    ) -> None:
        with self.database.writing() as session:
            job = session.get(CopyJob, copy.key(testimony_id))
            if job is not None:
                job.state, job.error_code = state, error_code


def _stands(session: Session, testimony_id: str, copy: Copy) -> bool:
    """Say whether nothing new has to be asked for."""
    job = session.get(CopyJob, copy.key(testimony_id))
    if job is None:
        return False
    there = select(SealedObject.part).where(
        SealedObject.testimony_id == testimony_id,
        SealedObject.part == copy.part.value,
        SealedObject.holes == job.holes,
    )
    return job.state in {WAITING, FAILED} or session.scalar(there) is not None


def _jobs_of(testimony_id: str) -> Select[CopyJob]:
    chosen = CopyJob.testimony_id == testimony_id
    return select(CopyJob).where(chosen).order_by(CopyJob.digest)


def _copy(job: CopyJob) -> Copy | None:
    try:
        return Copy(Part(job.part), holes_named(job.holes))
    except (ValueError, TypeError):
        return None
