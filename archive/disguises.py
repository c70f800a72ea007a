"""Finds stories that are opened in a disguised voice and have no such copy yet.

The ledger says it, so nothing has to be told to the worker: not by whoever changes
terms, answers or restores, nor by an archive from before there were such copies.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import ledger
from archive.access import DamagedStoryError
from archive.house import House
from archive.jobs import UNDER_WAY
from archive.models.act import ActRow
from archive.models.testimony import SealedObject
from archive.models.transcription_job import TranscriptionJob
from archive.soundness import records
from consent.parts import Part
from consent.reach import may_be_disguised

_AT_ONCE = 500
_TO_COME = UNDER_WAY | {"paused"}


@dataclass
class Disguises:
    """Looks at each act once; what a worker could not do yet is kept in mind."""

    house: House
    _seen: int = -1
    _wanted: set[str] = field(default_factory=set)

    def wanted(self) -> list[str]:
        """List what lacks a disguised copy, but for jobs that will make it anyway."""
        with self.house.database.reading() as session:
            newest = session.scalar(select(func.max(ActRow.sequence)))
            if newest is not None and newest > self._seen:
                self._wanted.update(self._spoken_of(session))
                self._seen = newest
            if not self._wanted:
                return []
            jobs = select(TranscriptionJob.testimony_id).where(
                TranscriptionJob.state.in_(_TO_COME)
            )
            return sorted(self._wanted.difference(session.scalars(jobs)))

    def settle(self, testimony_id: str) -> None:
        """Have no more to do with one until its narrators say something anew."""
        self._wanted.discard(testimony_id)

    def _spoken_of(self, session: Session) -> list[str]:
        made = select(SealedObject).where(
            SealedObject.testimony_id == ActRow.testimony_id,
            SealedObject.part == Part.ALTERED_AUDIO.value,
            SealedObject.holes.is_(None),
        )
        query = select(ActRow.testimony_id).where(
            ActRow.sequence > self._seen, ~made.exists()
        )
        told = list(session.scalars(query.distinct()))
        found = []
        now = self.house.now()
        for start in range(0, len(told), _AT_ONCE):
            for record in records(session, told[start : start + _AT_ONCE]):
                with suppress(DamagedStoryError):
                    standing, _ = ledger.lasting(record, now)
                    if may_be_disguised(standing):
                        found.append(standing.testimony_id)
        return found
