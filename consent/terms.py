"""What a narrator has allowed, to whom, under which conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from consent.audiences import Audience
from consent.levels import Level, Naming, Use


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What one audience is given, and the conditions on it; times are aware."""

    level: Level
    uses: frozenset[Use] = frozenset()
    ask_me: bool = False
    not_before: datetime | None = None
    open_without_asking: bool = False
    until: datetime | None = None

    def __post_init__(self) -> None:
        if any(t is not None and t.utcoffset() is None for t in self.times):
            raise ValueError("a time without its zone")

    @property
    def times(self) -> tuple[datetime | None, datetime | None]:
        """The moments at which a condition changes."""
        return (self.not_before, self.until)


def _no_permissions() -> Mapping[Audience, Permission]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything said for one testimony; terms that say nothing open nothing.

    `never` is a wall for whoever belongs to any audience in it.
    """

    permissions: Mapping[Audience, Permission] = field(default_factory=_no_permissions)
    never: frozenset[Audience] = frozenset()
    naming: Naming = Naming.UNNAMED
    transcription: bool = True

    def __post_init__(self) -> None:
        said = {a: p for a, p in self.permissions.items() if a not in self.never}
        object.__setattr__(self, "permissions", MappingProxyType(said))

    def __hash__(self) -> int:
        """Hash by value, since a mapping proxy has no hash of its own."""
        permissions = frozenset(self.permissions.items())
        return hash((permissions, self.never, self.naming, self.transcription))


SILENCE = Terms()
"""The terms of a narrator who has said nothing."""
