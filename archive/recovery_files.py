"""Whom a narrator lets ask for a new code, noted beside the keys."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.key_notes import KeyNotes


@dataclass(frozen=True)
class RecoveryFile:
    """What a narrator chose; `holder` is `person:<id>` or `narrator:<id>`.

    `testimonies` are those that their code opened when they chose. The dates are those
    on which the trusted person asked, and on which a caretaker said so too.
    """

    recovery_id: str
    narrator_id: str
    holder: str
    testimonies: tuple[str, ...]
    chosen_on: date
    asked_on: date | None = None
    confirmed_on: date | None = None


class RecoveryFiles:
    """A note for each; they say ids and days, no more."""

    def __init__(self, folder: Path) -> None:
        self._notes = KeyNotes(folder)

    def all(self) -> Iterator[RecoveryFile]:
        """List them; one that cannot be read is none."""
        for note in self._notes.all():
            found = _read(note)
            if found is not None:
                yield found

    def get(self, recovery_id: str) -> RecoveryFile | None:
        """Return one, or nothing."""
        return _read(self._notes.get(recovery_id))

    def of(self, narrator_id: str) -> RecoveryFile | None:
        """Return what a narrator chose, or nothing."""
        return next((e for e in self.all() if e.narrator_id == narrator_id), None)

    def keep(self, file: RecoveryFile) -> None:
        """Write one, durably."""
        days = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(file).items()
        }
        self._notes.keep(file.recovery_id, days)

    def forget(self, narrator_id: str) -> None:
        """Destroy what a narrator chose; nothing is no error."""
        for each in list(self.all()):
            if each.narrator_id == narrator_id:
                self._notes.destroy(each.recovery_id)


def _read(note: Mapping[str, Any] | None) -> RecoveryFile | None:
    if note is None:
        return None
    try:
        return RecoveryFile(
            recovery_id=str(note["recovery_id"]),
            narrator_id=str(note["narrator_id"]),
            holder=str(note["holder"]),
            testimonies=tuple(map(str, note["testimonies"])),
            chosen_on=date.fromisoformat(note["chosen_on"]),
            asked_on=_day(note["asked_on"]),
            confirmed_on=_day(note["confirmed_on"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)
