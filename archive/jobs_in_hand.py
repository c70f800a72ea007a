"""What the queue says of a job, for the worker that has it in hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.database import Database
from archive.jobs import LEFT_OUT, TELLING, UNDER_WAY
from archive.models.transcription_job import TranscriptionJob


class StoppedError(Exception):
    """Someone stopped the job that was worked on, or the worker is to end."""


@dataclass(frozen=True)
class JobsInHand:
    """Reads and writes rows of the queue; `stopping` says whether the worker ends."""

    database: Database
    stopping: Callable[[], bool]

    def waiting(self) -> list[str]:
        """List what waits, and what a dead worker left running."""
        return self._listed(TranscriptionJob.state.in_(UNDER_WAY))

    def passages(self) -> list[str]:
        """List those of them of which a passage is to be heard again."""
        return self._listed(
            TranscriptionJob.state.in_(UNDER_WAY)
            & TranscriptionJob.again_language.is_not(None)
        )

    def cancelled(self) -> list[str]:
        """List what a person cancelled."""
        return self._listed(TranscriptionJob.state == "cancelled")

    def note(
        self, testimony_id: str, state: str, error_code: str | None = None
    ) -> bool:
        """Say how a job stands, unless a person has meanwhile said otherwise."""
        with self.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            unfinished = state in UNDER_WAY
            if job is None or (unfinished and job.state not in UNDER_WAY):
                return False
            if state == "done" and job.again_language is not None:
                # Asked for while another passage was heard; or stopped since.
                return False
            job.state, job.error_code = state, error_code
            if state == "done":
                job.speakers = None
            return True

    def look(self, testimony_id: str) -> None:
        """Raise `StoppedError` where a job is no longer to be worked on."""
        with self.database.reading() as session:
            job = session.get(TranscriptionJob, testimony_id)
        if job is None or job.state not in UNDER_WAY or self.stopping():
            raise StoppedError

    def progress(
        self, testimony_id: str, done: float, total: float, speed: float | None = None
    ) -> None:
        """Note seconds of sound done and in all; raise `StoppedError` as `look`."""
        with self.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            if job is None or job.state not in UNDER_WAY:
                raise StoppedError
            job.done_seconds = max(done, 0.0)
            job.total_seconds = max(total, done)
            job.speed = speed
        if self.stopping():
            raise StoppedError

    def progressing(
        self, testimony_id: str, between: Callable[[], None]
    ) -> Callable[[float, float], None]:
        """Return what notes progress and how fast it goes, then does what is `between`.

        What is done between two windows counts nothing for how fast they are heard.
        """
        began, first = time.monotonic(), -1.0

        def note(done: float, total: float) -> None:
            nonlocal began, first
            if first < 0:
                first = done
            spent = time.monotonic() - began
            speed = (done - first) / spent if spent > 0 and done > first else None
            self.progress(testimony_id, done, total, speed)
            left = time.monotonic()
            between()
            began += time.monotonic() - left

        return note

    def begin_words(self, testimony_id: str) -> None:
        """Say that words are to be heard from the first window on."""
        with self.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            if job is not None and job.speakers == TELLING:
                job.speakers = None

    def begin_speakers(self, testimony_id: str) -> bool:
        """Say that all words are heard; return whether to tell who speaks.

        Raise `StoppedError` as `look`.
        """
        with self.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            if job is None or job.state not in UNDER_WAY:
                raise StoppedError
            if job.speakers != LEFT_OUT:
                job.speakers = TELLING
            return job.speakers == TELLING

    def look_at_speakers(self, testimony_id: str) -> None:
        """Raise `StoppedError` where who speaks is not to be told, or not now."""
        self.look(testimony_id)
        if self.speakers_left_out(testimony_id):
            raise StoppedError

    def speakers_left_out(self, testimony_id: str) -> bool:
        """Say whether a person wants the words without who speaks."""
        with self.database.reading() as session:
            job = session.get(TranscriptionJob, testimony_id)
            return job is not None and job.speakers == LEFT_OUT

    def passage(self, testimony_id: str) -> tuple[float, float, str] | None:
        """Return which seconds a narrator wants heard again, and as which language."""
        with self.database.reading() as session:
            job = session.get_one(TranscriptionJob, testimony_id)
            start, end, language = job.again_start, job.again_end, job.again_language
        if start is None or end is None or language is None:
            return None
        return start, end, language

    def forget_passage(
        self, testimony_id: str, passage: tuple[float, float, str]
    ) -> None:
        """Say that a passage is no longer to be heard."""
        with self.database.writing() as session:
            no_longer_to_hear(session, testimony_id, passage)

    def _listed(self, chosen: ColumnElement[bool]) -> list[str]:
        query = select(TranscriptionJob.testimony_id).where(chosen)
        with self.database.reading() as session:
            return list(session.scalars(query.order_by(TranscriptionJob.testimony_id)))


def no_longer_to_hear(
    session: Session, testimony_id: str, passage: tuple[float, float, str]
) -> None:
    """Take a passage off its job, unless its narrator asked for another meanwhile."""
    job = session.get_one(TranscriptionJob, testimony_id)
    if (job.again_start, job.again_end, job.again_language) == passage:
        job.again_start = job.again_end = job.again_language = None
