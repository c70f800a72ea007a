"""Small files beside the keys, for what the database must not be able to say.

Only who holds the keys writes there: what the database says, the web can say too.
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from storage.durable import destroy_file, write_durably

Note = dict[str, object]

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_NAME, _DIGEST = "note", "digest"


class KeyNotes:
    """A folder with a file for each id; what rot changed, or renamed, is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, note_id: str) -> Note | None:
        """Return one, or nothing."""
        return _read(self._path(note_id)) if _ID.fullmatch(note_id) else None

    def all(self) -> Iterator[Note]:
        """List them, by their ids."""
        for path in sorted(self._folder.glob("*.json")):
            found = _read(path)
            if found is not None:
                yield found

    def keep(self, note_id: str, note: Note) -> None:
        """Write one, durably; what is in it can be written as JSON."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {**note, _NAME: note_id}
        told[_DIGEST] = _digest(told)
        write_durably(self._path(note_id), json.dumps(told).encode())

    def destroy(self, note_id: str) -> None:
        """Destroy one; nothing is no error."""
        if _ID.fullmatch(note_id) and self._path(note_id).exists():
            destroy_file(self._path(note_id))

    def _path(self, note_id: str) -> Path:
        return self._folder / f"{note_id}.json"


def _read(path: Path) -> Note | None:
    try:
        told = json.loads(path.read_bytes())
        digest = told.pop(_DIGEST)
        return told if digest == _digest(told) and told[_NAME] == path.stem else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _digest(told: Note) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
