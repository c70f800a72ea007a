"""Where it lies, beside the keys, whom a narrator lets ask for a new code.

Only who holds the keys writes here: what the database says, the web can say too.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from storage.durable import destroy_file, write_durably

_ID = re.compile(r"[0-9a-f]{32}")


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
    """A folder with a small file for each; they say ids and days, no more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> Iterator[RecoveryFile]:
        """List them; one that cannot be read is none."""
        for path in sorted(self._folder.glob("*.json")):
            found = _read(path)
            if found is not None:
                yield found

    def get(self, recovery_id: str) -> RecoveryFile | None:
        """Return one, or nothing."""
        if not _ID.fullmatch(recovery_id):
            return None
        return _read(self._path(recovery_id))

    def of(self, narrator_id: str) -> RecoveryFile | None:
        """Return what a narrator chose, or nothing."""
        return next((e for e in self.all() if e.narrator_id == narrator_id), None)

    def keep(self, file: RecoveryFile) -> None:
        """Write one, durably."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = json.dumps(asdict(file), default=date.isoformat).encode()
        write_durably(self._path(file.recovery_id), told)

    def forget(self, narrator_id: str) -> None:
        """Destroy what a narrator chose; nothing is no error."""
        for each in list(self.all()):
            if each.narrator_id == narrator_id:
                destroy_file(self._path(each.recovery_id))

    def _path(self, recovery_id: str) -> Path:
        return self._folder / f"{recovery_id}.json"


def _read(path: Path) -> RecoveryFile | None:
    try:
        told = json.loads(path.read_bytes())
        return RecoveryFile(
            recovery_id=path.stem,
            narrator_id=str(told["narrator_id"]),
            holder=str(told["holder"]),
            testimonies=tuple(map(str, told["testimonies"])),
            chosen_on=date.fromisoformat(told["chosen_on"]),
            asked_on=_day(told["asked_on"]),
            confirmed_on=_day(told["confirmed_on"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _day(told: object) -> date | None:
    return None if told is None else date.fromisoformat(str(told))
