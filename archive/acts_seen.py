"""Looks at each act of the ledger once, for what follows from acts without being told.

The ledger says it, so nothing has to be told to the worker: not by whoever changes
terms, answers or restores, nor by an archive that is older than what follows.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from archive import ledger
from archive.access import DamagedStoryError
from archive.jobs import UNDER_WAY
from archive.models.act import ActRow
from archive.models.transcription_job import TranscriptionJob
from archive.soundness import records
from consent.standing import Standing

_AT_ONCE = 500
_TO_COME = UNDER_WAY | {"paused"}


@dataclass
class ActsSeen:
    """Remembers up to which act it looked."""

    _seen: int = -1

    def standings(
        self, session: Session, now: datetime, which: ColumnElement[bool] | None = None
    ) -> Iterator[Standing]:
        """Return how each stands that acts are about which were not looked at yet.

        `which` leaves out testimonies by a condition on their acts; what is damaged is
        left out too. They count as looked at once all are taken.
        """
        newest = session.scalar(select(func.max(ActRow.sequence)))
        if newest is None or newest <= self._seen:
            return
        chosen = true() if which is None else which
        query = select(ActRow.testimony_id).where(ActRow.sequence > self._seen, chosen)
        told = list(session.scalars(query.distinct()))
        for start in range(0, len(told), _AT_ONCE):
            for record in records(session, told[start : start + _AT_ONCE]):
                with suppress(DamagedStoryError):
                    yield ledger.lasting(record, now)[0]
        self._seen = newest


def in_hand(session: Session) -> set[str]:
    """List the testimonies whose job has yet to make copies and words of them."""
    jobs = select(TranscriptionJob.testimony_id).where(
        TranscriptionJob.state.in_(_TO_COME)
    )
    return set(session.scalars(jobs))
