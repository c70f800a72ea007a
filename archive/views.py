"""As what narrators look at their own testimony: as others have it, or will."""

from dataclasses import dataclass

from consent.audiences import Audience
from consent.holes import Hole


@dataclass(frozen=True)
class SeenBy:
    """As an audience has it now."""

    audience: Audience


@dataclass(frozen=True)
class WithHoles:
    """As it will be heard where these are withheld; nobody has to be told so yet."""

    holes: tuple[Hole, ...]


View = SeenBy | WithHoles
