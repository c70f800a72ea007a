"""Keeps lists quick and true while the archive is served; nobody waits for it.

What is kept of whom testimonies may be open to is completed (after an update, or a
restored backup) and mended where rot changed it; what a list rests on is read again.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from archive import ledger, openness
from archive.clock import Clock
from archive.database import Database
from archive.gate import Gate
from archive.models.testimony import Testimony
from archive.survey import SECONDS
from consent.audiences import PUBLIC, RESEARCHERS

PAUSE = 5.0
"""Seconds between two steps."""

_STEPS = SECONDS / 2 / PAUSE
_WARM = frozenset({str(PUBLIC), str(RESEARCHERS)})


@dataclass
class Upkeep:
    """Goes once through everything in half of the time that is promised."""

    database: Database
    gate: Gate
    now: Clock
    _reached: str = field(default="", init=False)

    def begin(self) -> None:
        """Complete what is kept, and read what most people ask for."""
        with self.database.reading() as session:
            unknown = openness.unknown(session)
        for start in range(0, len(unknown), openness.AT_ONCE):
            self._mend(unknown[start : start + openness.AT_ONCE])
        with self.database.reading() as session:
            folder = self.gate.keys.folder
            self.gate.survey.warm(session, folder, _WARM, self.now())
        # What was read stays: looking for garbage in it would hold up whoever asks.
        gc.collect()
        gc.freeze()

    def step(self) -> None:
        """Look at the next few."""
        with self.database.reading() as session:
            total = session.scalar(select(func.count()).select_from(Testimony)) or 0
            most = min(openness.AT_ONCE, int(total / _STEPS) + 1)
            self.gate.survey.look_again(
                session, self.gate.keys.folder, self.now(), most
            )
            next_few = (
                select(Testimony.testimony_id)
                .where(Testimony.testimony_id > self._reached)
                .order_by(Testimony.testimony_id)
                .limit(most)
            )
            some = list(session.scalars(next_few))
            self._reached = some[-1] if len(some) == most else ""
            wrong = ledger.unfollowed(session, some)
            strays = [] if self._reached else openness.strays(session)
        self._mend(wrong)
        if strays:
            with self.database.writing() as session:
                for testimony_id in strays:
                    openness.forget(session, testimony_id)

    def _mend(self, testimonies: Sequence[str]) -> None:
        if not testimonies:
            return
        with self.database.writing() as session:
            for testimony_id in testimonies:
                ledger.follow(session, testimony_id)
