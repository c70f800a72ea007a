"""Finds stories that are opened in a disguised voice and have no such copy yet."""

from dataclasses import dataclass, field

from sqlalchemy import select

from archive.acts_seen import ActsSeen, in_hand
from archive.house import House
from archive.models.act import ActRow
from archive.models.testimony import SealedObject
from consent.parts import Part
from consent.reach import may_be_disguised

_MADE = select(SealedObject).where(
    SealedObject.testimony_id == ActRow.testimony_id,
    SealedObject.part == Part.ALTERED_AUDIO.value,
    SealedObject.holes.is_(None),
)


@dataclass
class Disguises:
    """Looks at each act once; what a worker could not do yet is kept in mind."""

    house: House
    _acts: ActsSeen = field(default_factory=ActsSeen)
    _wanted: set[str] = field(default_factory=set)

    def wanted(self) -> list[str]:
        """List what lacks a disguised copy, but for jobs that will make it anyway."""
        now = self.house.now()
        with self.house.database.reading() as session:
            self._wanted.update(
                standing.testimony_id
                for standing in self._acts.standings(session, now, ~_MADE.exists())
                if may_be_disguised(standing)
            )
            return sorted(self._wanted - in_hand(session)) if self._wanted else []

    def settle(self, testimony_id: str) -> None:
        """Have no more to do with one until its narrators say something anew."""
        self._wanted.discard(testimony_id)
