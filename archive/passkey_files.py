"""Where it lies, beside the keys, which phones a narrator enters with.

Only who holds the keys writes here: what the database says, the web can say too.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from storage.durable import destroy_file, write_durably

_ID = re.compile(r"[0-9a-f]{64}")
_DIGEST = "digest"


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
    """A folder with a small file for each; they say ids and days, no more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, passkey_id: str) -> PasskeyFile | None:
        """Return one, or nothing; one that rot changed is none."""
        if not _ID.fullmatch(passkey_id):
            return None
        return _read(self._path(passkey_id))

    def of(self, narrator_id: str) -> list[PasskeyFile]:
        """Return a narrator's, the oldest first."""
        own = [each for each in self._all() if each.narrator_id == narrator_id]
        return sorted(own, key=lambda each: (each.added_on, each.passkey_id))

    def keep(self, file: PasskeyFile) -> None:
        """Write one, durably."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {**asdict(file), "added_on": file.added_on.isoformat()}
        told[_DIGEST] = _digest(told)
        write_durably(self._path(file.passkey_id), json.dumps(told).encode())

    def destroy(self, passkey_id: str) -> None:
        """Destroy one; nothing is no error."""
        if _ID.fullmatch(passkey_id) and self._path(passkey_id).exists():
            destroy_file(self._path(passkey_id))

    def forget(self, narrator_id: str) -> None:
        """Destroy all of a narrator's; none is no error."""
        for each in self.of(narrator_id):
            destroy_file(self._path(each.passkey_id))

    def _all(self) -> Iterator[PasskeyFile]:
        for path in sorted(self._folder.glob("*.json")):
            found = _read(path)
            if found is not None:
                yield found

    def _path(self, passkey_id: str) -> Path:
        return self._folder / f"{passkey_id}.json"


def _read(path: Path) -> PasskeyFile | None:
    try:
        told = json.loads(path.read_bytes())
        digest = told.pop(_DIGEST)
        if digest != _digest(told) or told["passkey_id"] != path.stem:
            return None
        return PasskeyFile(
            passkey_id=path.stem,
            narrator_id=str(told["narrator_id"]),
            public_key=str(told["public_key"]),
            handle=str(told["handle"]),
            sign_count=int(told["sign_count"]),
            testimonies=tuple(map(str, told["testimonies"])),
            added_on=date.fromisoformat(told["added_on"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _digest(told: dict[str, object]) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
