"""What a narrator says of a testimony for others to find it by; kept sealed."""

import json
from dataclasses import dataclass

from consent.levels import Naming

MAX_TITLE = 200
MAX_TOPICS = 12


@dataclass(frozen=True, kw_only=True)
class Description:
    """A title, topics, and how the narrator is called; all optional."""

    title: str = ""
    topics: tuple[str, ...] = ()
    pseudonym: str = ""
    name: str = ""

    def to_json(self) -> bytes:
        """Write it, each text trimmed to `MAX_TITLE` characters."""
        return json.dumps(
            {
                "title": _trimmed(self.title),
                "topics": [_trimmed(t) for t in self.topics[:MAX_TOPICS]],
                "pseudonym": _trimmed(self.pseudonym),
                "name": _trimmed(self.name),
            }
        ).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Description":
        """Read what `to_json` wrote; of what a kiosk sealed otherwise, what can be."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        told = found if isinstance(found, dict) else {}
        topics = told.get("topics")
        listed = topics[:MAX_TOPICS] if isinstance(topics, list) else []
        return cls(
            title=_read(told.get("title")),
            topics=tuple(filter(None, map(_read, listed))),
            pseudonym=_read(told.get("pseudonym")),
            name=_read(told.get("name")),
        )

    def tells_more_than(self, other: "Description") -> bool:
        """Say whether it tells anything that the other does not."""
        said = (self.title, self.pseudonym, self.name)
        known = (other.title, other.pseudonym, other.name)
        return not set(self.topics) <= set(other.topics) or any(
            new not in {"", old} for new, old in zip(said, known, strict=True)
        )

    def called(self, naming: Naming) -> str:
        """Return how the narrator is named to someone allowed `naming`."""
        if naming is Naming.NAME and self.name:
            return self.name
        return self.pseudonym if naming >= Naming.PSEUDONYM else ""


def _trimmed(text: str) -> str:
    return " ".join(text.split())[:MAX_TITLE]


def _read(value: object) -> str:
    return _trimmed(value) if isinstance(value, str) else ""
