"""One question to the vault, as it came by a door."""

from archive.vault.encoding import MACHINES, view_read
from archive.vault.wire import WORKER, Head
from archive.views import View
from consent.actors import Actor

Answer = tuple[Head, bytes]


class Asked:
    """One question; a field that is missing or of another kind is `ValueError`."""

    def __init__(self, head: Head, door: str) -> None:
        self._head = head
        self._door = door

    def text(self, name: str) -> str:
        """Return a text."""
        value = self._head.get(name)
        if not isinstance(value, str):
            raise ValueError(name)  # noqa: TRY004 - one error for all nonsense
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or `None` where none was said."""
        return None if self._head.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """Return a whole number, not negative."""
        value = self._head.get(name)
        if type(value) is not int or value < 0:
            raise ValueError(name)
        return value

    def number_or_none(self, name: str) -> int | None:
        """Return a whole number, or `None` where none was said."""
        return None if self._head.get(name) is None else self.number(name)

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        value = self._head.get(name)
        if not isinstance(value, list) or any(not isinstance(v, str) for v in value):
            raise ValueError(name)
        return value

    def view(self) -> View | None:
        """Return how a narrator looks at their own, if so."""
        return view_read(self._head.get("view"))

    def token(self) -> str | None:
        """Return the token of who asks."""
        by = self._head.get("by")
        found = by.get("token") if isinstance(by, dict) else None
        return found if isinstance(found, str) else None

    def machine(self) -> Actor | None:
        """Return the machine that asks; machines come by the worker's door alone."""
        by = self._head.get("by")
        name = by.get("machine") if isinstance(by, dict) else None
        if not isinstance(name, str) or self._door != WORKER:
            return None
        return MACHINES.get(name)
