"""Whom a narrator can open a testimony to, besides themself."""

import re
from dataclasses import dataclass
from enum import Enum


class AudienceKind(Enum):
    """The kinds of audience; each has someone who attests its members."""

    CARETAKERS = "caretakers"
    COMMUNITY = "community"
    RESEARCHERS = "researchers"
    PUBLIC = "public"
    PERSON = "person"
    CIRCLE = "circle"
    TRANSCRIBER = "transcriber"


_NAMED = frozenset({AudienceKind.PERSON, AudienceKind.CIRCLE})
_IDENTIFIER = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True)
class Audience:
    """An audience; `identifier` is set for one person and for one circle only."""

    kind: AudienceKind
    identifier: str = ""

    def __post_init__(self) -> None:
        named = self.kind in _NAMED
        if named != bool(_IDENTIFIER.fullmatch(self.identifier)) or (
            not named and self.identifier
        ):
            raise ValueError(self.kind.value)

    def __str__(self) -> str:
        """Return `researchers`, `person:<id>` and the like."""
        return ":".join(filter(None, (self.kind.value, self.identifier)))

    @classmethod
    def parse(cls, text: str) -> "Audience":
        """Read what `str` wrote; raise `ValueError` for anything else."""
        kind, separator, identifier = text.partition(":")
        if separator and not identifier:
            raise ValueError(text)
        return cls(AudienceKind(kind), identifier)


CARETAKERS = Audience(AudienceKind.CARETAKERS)
COMMUNITY = Audience(AudienceKind.COMMUNITY)
RESEARCHERS = Audience(AudienceKind.RESEARCHERS)
PUBLIC = Audience(AudienceKind.PUBLIC)
TRANSCRIBER = Audience(AudienceKind.TRANSCRIBER)
"""The archive's own speech recognition: the one audience that hears unless refused."""

SLOW = frozenset({COMMUNITY, PUBLIC})
"""Audiences that are opened only after a cooling-off period."""
