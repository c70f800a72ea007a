"""Which phones a narrator enters with, noted beside the keys."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.key_notes import KeyNotes


@dataclass(frozen=True)
class PasskeyFile:
    """A passkey: SHA-256 of its id, and the public key (COSE, hex) that checks it.

    `testimonies` are those that its narrator's code opened when it was added; `handle`
    is the SHA-256 of what the phone calls its user, which says nothing.
    """

    passkey_id: str
    narrator_id: str
    public_key: str
    handle: str
    sign_count: int
    testimonies: tuple[str, ...]
    added_on: date


class PasskeyFiles:
    """A note for each; they say ids and days, no more."""

    def __init__(self, folder: Path) -> None:
        self._notes = KeyNotes(folder)

    def get(self, passkey_id: str) -> PasskeyFile | None:
        """Return one, or nothing."""
        return _read(self._notes.get(passkey_id))

    def of(self, narrator_id: str) -> list[PasskeyFile]:
        """Return a narrator's, the oldest first."""
        read = map(_read, self._notes.all())
        own = [e for e in read if e is not None and e.narrator_id == narrator_id]
        return sorted(own, key=lambda each: (each.added_on, each.passkey_id))

    def keep(self, file: PasskeyFile) -> None:
        """Write one, durably."""
        note = {**asdict(file), "added_on": file.added_on.isoformat()}
        self._notes.keep(file.passkey_id, note)

    def destroy(self, passkey_id: str) -> None:
        """Destroy one; nothing is no error."""
        self._notes.destroy(passkey_id)

    def forget(self, narrator_id: str) -> None:
        """Destroy all of a narrator's; none is no error."""
        for each in self.of(narrator_id):
            self._notes.destroy(each.passkey_id)


def _read(note: Mapping[str, Any] | None) -> PasskeyFile | None:
    if note is None:
        return None
    try:
        return PasskeyFile(
            passkey_id=str(note["passkey_id"]),
            narrator_id=str(note["narrator_id"]),
            public_key=str(note["public_key"]),
            handle=str(note["handle"]),
            sign_count=int(note["sign_count"]),
            testimonies=tuple(map(str, note["testimonies"])),
            added_on=date.fromisoformat(note["added_on"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
