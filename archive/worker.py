"""Makes listening copies and transcripts, in a process of its own.

The machine asks the gate for a recording like anybody else, range by range, so that a
withdrawal stops it in the middle.
"""

import logging
import os
import time
from collections.abc import Callable
from typing import BinaryIO, cast

from sqlalchemy import select

from archive import logs, tombstones
from archive.access import (
    DamagedPartError,
    LockedError,
    NotHereError,
    VaultUnavailableError,
)
from archive.house import House
from archive.jobs import UNDER_WAY, TakenError, claimed
from archive.models.transcription_job import TranscriptionJob
from archive.renditions import Renditions
from archive.sealed_checkpoints import SealedCheckpoints
from archive.sealed_objects import NothingSealedError
from consent.actors import Transcriber
from consent.parts import Part
from transcription.devices import EngineName
from transcription.engine import SpeechEngine, load_engine
from transcription.errors import EngineError, MediaError
from transcription.hearing_again import hear_again, with_heard_again
from transcription.pipeline import transcribe
from transcription.speakers import find_speakers, labelled
from transcription.transcript import Transcript

TRIES = 3
_NICE = 10
_PAUSE = 1.0
_BETWEEN_TIDYING = 300.0
_JSON = "application/json"


class StoppedError(Exception):
    """Someone stopped the job that was worked on, or the worker is to end."""


def lower_priority() -> None:
    """Let the web go first."""
    os.nice(_NICE)


class Worker:
    """Does one testimony at a time; loads the speech engine when first needed."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine: SpeechEngine | None = None
        self._stopping: Callable[[], bool] = lambda: False

    def waiting(self) -> list[str]:
        """List what waits, and what a dead worker left running."""
        with self._house.database.reading() as session:
            return list(
                session.scalars(
                    select(TranscriptionJob.testimony_id)
                    .where(TranscriptionJob.state.in_(UNDER_WAY))
                    .order_by(TranscriptionJob.testimony_id)
                )
            )

    def run(self, *, until_idle: bool, stopping: Callable[[], bool]) -> None:
        """Take jobs one at a time until told to stop or idle; tidy now and then.

        Told to stop, it leaves the job in hand after the window that it is hearing.
        """
        self._stopping = stopping
        tidied = -_BETWEEN_TIDYING
        while not stopping():
            if time.monotonic() - tidied > _BETWEEN_TIDYING:
                tidied = time.monotonic()
                self._tidy()
            found = self.waiting()
            done = sum(self._claim(testimony_id) for testimony_id in found)
            if until_idle and not done:
                return
            if not done:
                time.sleep(_PAUSE)

    def _tidy(self) -> None:
        installation, database = self._house.installation, self._house.database
        try:
            self._house.wishes.finish_erasures()
            self._house.deposits.sweep()
            self._forget_cancelled()
            tombstones.catch_up(installation, database)
        except Exception as error:  # noqa: BLE001 - tidying must not end the worker
            logs.event("tidy-error", kind=type(error).__name__)

    def _forget_cancelled(self) -> None:
        with self._house.database.reading() as session:
            cancelled = list(
                session.scalars(
                    select(TranscriptionJob.testimony_id).where(
                        TranscriptionJob.state == "cancelled"
                    )
                )
            )
        for testimony_id in cancelled:
            SealedCheckpoints(self._house, testimony_id).clear()

    def _claim(self, testimony_id: str) -> bool:
        locks = self._house.installation.settings.slots
        try:
            with claimed(locks, testimony_id):
                if testimony_id not in self.waiting():
                    return False
                return self.work_on(testimony_id)
        except TakenError:
            return False

    def work_on(self, testimony_id: str) -> bool:
        """Make what is missing of one testimony; its job says how that ended.

        Return `False` where it has to wait for the archive to be unlocked.
        """
        for attempt in range(1, TRIES + 1):
            try:
                self._make_all(testimony_id)
            except StoppedError:
                self._note(testimony_id, "waiting")
            except NotHereError:
                # Withdrawn, refused or erased meanwhile: the narrator's word.
                self._note(testimony_id, "refused")
            except (MediaError, EngineError) as error:
                self._note(testimony_id, "failed", error_code=str(error.code))
            except DamagedPartError:
                self._note(testimony_id, "failed", error_code="damaged")
            except (LockedError, VaultUnavailableError):
                self._note(testimony_id, "waiting")
                return False
            except Exception as error:
                # The kind alone: a message could hold words.
                logs.event("job-error", kind=type(error).__name__, tries=attempt)
                logging.getLogger("resguardo.debug").debug("job", exc_info=True)
                if attempt == TRIES:
                    self._note(testimony_id, "failed", error_code="internal")
                else:
                    time.sleep(attempt)
                    continue
            else:
                logs.event("job-done", testimony=testimony_id)
            return True
        return True

    def _make_all(self, testimony_id: str) -> None:
        if not self._note(testimony_id, "running"):
            return
        if not self._has(testimony_id, Part.AUDIO):
            seconds = Renditions(self._house).render(testimony_id)
            self._progress(testimony_id, 0.0, seconds)
        if not self._has(testimony_id, Part.ALTERED_AUDIO):
            Renditions(self._house).render_altered(testimony_id)
        if not self._has(testimony_id, Part.MACHINE_TRANSCRIPT):
            self._transcribe(testimony_id)
        self._hear_again(testimony_id)
        SealedCheckpoints(self._house, testimony_id).clear()
        self._note(testimony_id, "done")

    def _transcribe(self, testimony_id: str) -> None:
        source = self._house.gate.open(Transcriber(), testimony_id, Part.ORIGINAL)
        settings = self._house.installation.settings
        transcript: Transcript = transcribe(
            source,
            self._loaded_engine(),
            settings.languages,
            SealedCheckpoints(self._house, testimony_id),
            self._progressing(testimony_id),
            self._house.now().date().isoformat(),
        )
        transcript = self._with_speakers(source, transcript)
        self._house.gate.release(Transcriber(), testimony_id, Part.ORIGINAL, 0, 1)
        self._house.objects.add(
            testimony_id,
            Part.MACHINE_TRANSCRIPT,
            transcript.to_json().encode(),
            _JSON,
        )

    def _hear_again(self, testimony_id: str) -> None:
        """Hear the passage that its narrator asked for; what was written is kept."""
        with self._house.database.reading() as session:
            job = session.get_one(TranscriptionJob, testimony_id)
            start, end, language = job.again_start, job.again_end, job.again_language
        if start is None or end is None or language is None:
            return
        gate, objects = self._house.gate, self._house.objects
        source = gate.open(Transcriber(), testimony_id, Part.ORIGINAL)
        before = gate.whole(Transcriber(), testimony_id, Part.MACHINE_TRANSCRIPT)
        heard = hear_again(source, self._loaded_engine(), start, end, language)
        gate.release(Transcriber(), testimony_id, Part.ORIGINAL, 0, 1)
        transcript = with_heard_again(
            Transcript.from_json(before.decode()), start, end, language, heard
        )
        objects.add(
            testimony_id,
            Part.MACHINE_TRANSCRIPT,
            transcript.to_json().encode(),
            _JSON,
        )
        with self._house.database.writing() as session:
            job = session.get_one(TranscriptionJob, testimony_id)
            job.again_start = job.again_end = job.again_language = None

    @staticmethod
    def _with_speakers(source: BinaryIO, transcript: Transcript) -> Transcript:
        """Say who speaks, where the machine can tell voices apart."""
        try:
            return labelled(transcript, find_speakers(source))
        except EngineError as error:
            logs.event("speakers-untold", kind=str(error.code))
            return transcript

    def _loaded_engine(self) -> SpeechEngine:
        if self._engine is None:
            settings = self._house.installation.settings
            self._engine = load_engine(
                cast("EngineName", settings.engine),
                settings.model,
                threads=settings.cpu_threads,
            )
        return self._engine

    def _has(self, testimony_id: str, part: Part) -> bool:
        try:
            self._house.objects.newest(testimony_id, part, None)
        except NothingSealedError:
            return False
        return True

    def _note(
        self, testimony_id: str, state: str, error_code: str | None = None
    ) -> bool:
        """Say how a job stands, unless a person has meanwhile said otherwise."""
        with self._house.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            unfinished = state in UNDER_WAY
            if job is None or (unfinished and job.state not in UNDER_WAY):
                return False
            job.state, job.error_code = state, error_code
            return True

    def _progressing(self, testimony_id: str) -> Callable[[float, float], None]:
        """Return what notes progress, and how fast it goes since this began."""
        began, first = time.monotonic(), -1.0

        def note(done: float, total: float) -> None:
            nonlocal first
            if first < 0:
                first = done
            spent = time.monotonic() - began
            speed = (done - first) / spent if spent > 0 and done > first else None
            self._progress(testimony_id, done, total, speed)

        return note

    def _progress(
        self, testimony_id: str, done: float, total: float, speed: float | None = None
    ) -> None:
        with self._house.database.writing() as session:
            job = session.get(TranscriptionJob, testimony_id)
            if job is None or job.state not in UNDER_WAY:
                raise StoppedError
            job.done_seconds = max(done, 0.0)
            job.total_seconds = max(total, done)
            job.speed = speed
        if self._stopping():
            raise StoppedError
