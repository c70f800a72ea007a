"""Makes listening copies and transcripts, in a process of its own.

The machine asks the gate for a recording like anybody else, range by range, so that a
withdrawal stops it in the middle.
"""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from archive import logs, tombstones
from archive.access import (
    DamagedPartError,
    LockedError,
    NotHereError,
    VaultUnavailableError,
)
from archive.copies_wanted import CopiesWanted
from archive.copy_queue import CopyQueue
from archive.disguises import Disguises
from archive.holed_copies import HoledCopies
from archive.house import House
from archive.jobs import TakenError, claimed
from archive.jobs_in_hand import JobsInHand, StoppedError
from archive.renditions import Renditions
from archive.sealed_checkpoints import SealedCheckpoints
from archive.writing_down import WritingDown
from consent.parts import Part
from transcription.devices import EngineName
from transcription.engine import SpeechEngine, load_engine
from transcription.errors import EngineError, MediaError

TRIES = 3
_NICE = 10
_PAUSE = 1.0
_BETWEEN_TIDYING = 300.0


def lower_priority() -> None:
    """Let the web go first."""
    os.nice(_NICE)


class Worker:
    """Does one testimony at a time; loads the speech engine when first needed.

    A passage that a narrator wants heard again goes first, also in the middle of a long
    recording: between two windows, or two reads of it.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._engine: SpeechEngine | None = None
        self._stopping: Callable[[], bool] = lambda: False
        self._jobs = JobsInHand(house.database, self._told_to_stop)
        self._writing_down = WritingDown(
            house, self._jobs, self._loaded_engine, self._hear_passages
        )
        self._disguises = Disguises(house)
        queue = CopyQueue(house.database)
        self._copies_wanted = CopiesWanted(house, queue)
        self._copies = HoledCopies(
            house, queue, self._loaded_engine, self._look_at_others
        )

    def waiting(self) -> list[str]:
        """List the testimonies of which something is to be made."""
        copies = self._copies_wanted.waiting()
        return [*self._jobs.waiting(), *self._disguises.wanted(), *copies]

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
            done = self._take_all()
            if until_idle and not done:
                return
            if not done:
                time.sleep(_PAUSE)

    def work_on(self, testimony_id: str) -> bool:
        """Make what is missing of one testimony; its job says how that ended.

        Return `False` where it has to wait for the archive to be unlocked.
        """
        return self._try(testimony_id, self._make_all)

    def _told_to_stop(self) -> bool:
        return self._stopping()

    def _take_all(self) -> int:
        """Do all that waits, what people wait for first; return how much was done."""
        done = self._take_urgent()
        for testimony_id in self._jobs.waiting():
            if self._stopping():
                break
            done += self._claim(testimony_id, self._jobs.waiting, self.work_on)
            done += self._take_urgent()
        return done

    def _take_urgent(self) -> int:
        self._hear_passages()
        done = 0
        for wanted, make in (
            (self._copies_wanted.waiting, self._make_copies),
            (self._disguises.wanted, self._disguise),
        ):
            for testimony_id in wanted():
                if not self._stopping():
                    done += self._claim(testimony_id, wanted, make)
        return done

    def _hear_passages(self) -> None:
        """Hear the passages that no other worker has in hand; the model is there."""
        for testimony_id in self._jobs.passages():
            if not self._writing_down.has(testimony_id, Part.MACHINE_TRANSCRIPT):
                continue
            self._claim(
                testimony_id,
                self._jobs.passages,
                lambda each: self._try(each, self._make_passage),
            )

    def _claim(
        self,
        testimony_id: str,
        waiting: Callable[[], list[str]],
        work: Callable[[str], bool],
    ) -> bool:
        locks = self._house.installation.settings.slots
        try:
            with claimed(locks, testimony_id):
                # Another worker may have done it just before.
                return testimony_id in waiting() and work(testimony_id)
        except TakenError:
            return False

    def _try(self, testimony_id: str, make: Callable[[str], None]) -> bool:
        for attempt in range(1, TRIES + 1):
            try:
                make(testimony_id)
            except StoppedError:
                self._jobs.note(testimony_id, "waiting")
            except NotHereError:
                # Withdrawn, refused or erased meanwhile: the narrator's word.
                self._jobs.note(testimony_id, "refused")
            except (MediaError, EngineError) as error:
                self._jobs.note(testimony_id, "failed", error_code=str(error.code))
            except DamagedPartError:
                self._jobs.note(testimony_id, "failed", error_code="damaged")
            except (LockedError, VaultUnavailableError):
                self._jobs.note(testimony_id, "waiting")
                return False
            except Exception as error:
                # The kind alone: a message could hold words.
                logs.event("job-error", kind=type(error).__name__, tries=attempt)
                logging.getLogger("resguardo.debug").debug("job", exc_info=True)
                if attempt == TRIES:
                    self._jobs.note(testimony_id, "failed", error_code="internal")
                else:
                    time.sleep(attempt)
                    continue
            else:
                logs.event("job-done", testimony=testimony_id)
            return True
        return True

    def _make_all(self, testimony_id: str) -> None:
        if not self._jobs.note(testimony_id, "running"):
            return

        def look() -> None:
            self._hear_passages()
            self._jobs.look(testimony_id)

        renditions = Renditions(self._house, look)
        has = self._writing_down.has
        if not has(testimony_id, Part.AUDIO):
            seconds = renditions.render(testimony_id)
            self._jobs.progress(testimony_id, 0.0, seconds)
        if not has(testimony_id, Part.ALTERED_AUDIO):
            renditions.render_altered(testimony_id)
        if not has(testimony_id, Part.MACHINE_TRANSCRIPT):
            self._writing_down.transcribe(testimony_id)
        self._end(testimony_id)

    def _make_passage(self, testimony_id: str) -> None:
        if self._jobs.note(testimony_id, "running"):
            self._end(testimony_id)

    def _end(self, testimony_id: str) -> None:
        self._writing_down.hear_again(testimony_id)
        SealedCheckpoints(self._house, testimony_id).clear()
        self._jobs.note(testimony_id, "done")

    def _disguise(self, testimony_id: str) -> bool:
        """Make the disguised copy that terms ask for now; no job waits for it."""
        try:
            has = self._writing_down.has
            # Without a plain copy it is its job that makes both.
            if has(testimony_id, Part.AUDIO) and not has(
                testimony_id, Part.ALTERED_AUDIO
            ):
                renditions = Renditions(self._house, self._look_at_others)
                renditions.render_altered(testimony_id)
        except (StoppedError, LockedError, VaultUnavailableError):
            return False
        except NotHereError:
            # The narrator's word; whatever they say next is looked at again.
            pass
        except Exception as error:  # noqa: BLE001 - nothing else depends on it
            logs.event("disguise-error", kind=type(error).__name__)
        self._disguises.settle(testimony_id)
        return True

    def _make_copies(self, testimony_id: str) -> bool:
        """Make the copies with holes that someone may hear; no job waits for them."""
        try:
            self._copies.make_all(testimony_id)
        except (StoppedError, LockedError, VaultUnavailableError):
            return False
        except (NotHereError, DamagedPartError):
            # The narrator's word, or nothing to be made of it: whoever asks, asks anew.
            self._copies_wanted.give_up(testimony_id)
        except Exception as error:
            logs.event("copy-error", kind=type(error).__name__)
            logging.getLogger("resguardo.debug").debug("copy", exc_info=True)
            self._copies_wanted.give_up(testimony_id)
        return True

    def _look_at_others(self) -> None:
        """Do what is urgent between two reads; raise `StoppedError` where told to."""
        self._hear_passages()
        if self._stopping():
            raise StoppedError

    def _tidy(self) -> None:
        installation, database = self._house.installation, self._house.database
        try:
            self._house.wishes.finish_erasures()
            self._house.deposits.sweep()
            self._copies_wanted.tidy()
            for testimony_id in self._jobs.cancelled():
                self._clear(testimony_id)
            tombstones.catch_up(installation, database)
        except Exception as error:  # noqa: BLE001 - tidying must not end the worker
            logs.event("tidy-error", kind=type(error).__name__)

    def _clear(self, testimony_id: str) -> None:
        # Whoever still hears it would save a later window as the first.
        with (
            suppress(TakenError),
            claimed(self._house.installation.settings.slots, testimony_id),
        ):
            SealedCheckpoints(self._house, testimony_id).clear()

    def _loaded_engine(self) -> SpeechEngine:
        if self._engine is None:
            settings = self._house.installation.settings
            self._engine = load_engine(
                cast("EngineName", settings.engine),
                settings.model,
                threads=settings.cpu_threads,
            )
        return self._engine
