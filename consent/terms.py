"""What a narrator has allowed, to whom, under which conditions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from consent.audiences import TRANSCRIBER, Audience
from consent.levels import Level, Naming, Use
from consent.timeline import Span, Timeline


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
        check_zones(self.not_before, self.until)
        if self.not_before is None:
            # Leave to open says nothing where no date is waited for.
            object.__setattr__(self, "open_without_asking", False)

    @property
    def contradicts_itself(self) -> bool:
        """Say whether it ends before it begins, so that it never gives anything."""
        return (
            self.not_before is not None
            and self.until is not None
            and self.until <= self.not_before
        )


def _no_levels() -> Mapping[Audience, Level]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch with a lower level: for each audience named, or for all others.

    It holds until `until`, and goes on holding after it unless `open_without_asking`.
    `removed`: where it is withheld its time goes too, not only its sound.
    """

    span: Span
    level: Level = Level.IMAGE
    audiences: Mapping[Audience, Level] = field(default_factory=_no_levels)
    never: frozenset[Audience] = frozenset()
    until: datetime | None = None
    open_without_asking: bool = False
    removed: bool = False

    def __post_init__(self) -> None:
        check_zones(self.until)
        said = {a: v for a, v in self.audiences.items() if a not in self.never}
        object.__setattr__(self, "audiences", MappingProxyType(said))
        if self.until is None:
            object.__setattr__(self, "open_without_asking", False)

    def __hash__(self) -> int:
        """Hash by value, since a mapping proxy has no hash of its own."""
        said = frozenset(self.audiences.items())
        return hash((self.span, self.level, said, self.never, self.until, self.removed))

    def limit_for(self, audience: Audience) -> Level:
        """Return the most that it leaves an audience, inside its span."""
        if audience in self.never:
            return Level.NOTHING
        return self.audiences.get(audience, self.level)

    def holds(self, now: datetime) -> bool:
        """Say whether it still lowers anything."""
        return self.until is None or now < self.until or not self.open_without_asking


def _no_permissions() -> Mapping[Audience, Permission]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything said for one testimony; terms that say nothing open nothing.

    `never` is a wall for whoever belongs to any audience in it. `after_death` replaces
    the permissions once the narrator's death is attested; nothing said freezes them.
    """

    permissions: Mapping[Audience, Permission] = field(default_factory=_no_permissions)
    never: frozenset[Audience] = frozenset()
    naming: Naming = Naming.UNNAMED
    passages: tuple[Passage, ...] = ()
    after_death: "Terms | None" = None

    def __post_init__(self) -> None:
        if self.after_death is not None and self.after_death.after_death is not None:
            raise ValueError("nobody dies twice")
        said = {a: p for a, p in self.permissions.items() if a not in self.never}
        object.__setattr__(self, "permissions", MappingProxyType(said))

    def __hash__(self) -> int:
        """Hash by value, since a mapping proxy has no hash of its own."""
        permissions = frozenset(self.permissions.items())
        rest = (self.never, self.naming, self.passages, self.after_death)
        return hash((permissions, *rest))

    def limits(self, audience: Audience, now: datetime) -> Timeline:
        """Return the most that its passages leave an audience at `now`, all along.

        Audiences that are left the same are given the same object.
        """
        lasting = self._limits.get(audience)
        if lasting is None:
            lasting = limits_of(self._lasting, audience)
            alike = (each for each in self._limits.values() if each == lasting)
            lasting = self._limits[audience] = next(alike, lasting)
        passing = [each for each in self.opening_alone if each.holds(now)]
        return lasting.meet(limits_of(passing, audience)) if passing else lasting

    @cached_property
    def opening_alone(self) -> tuple[Passage, ...]:
        """Return the passages that end by themselves."""
        return tuple(each for each in self.passages if each.open_without_asking)

    @cached_property
    def walling(self) -> tuple[Passage, ...]:
        """Return the passages that are a wall for someone."""
        return tuple(each for each in self.passages if each.never)

    @cached_property
    def removed(self) -> tuple[Span, ...]:
        """Return where time goes with what is withheld."""
        return tuple(each.span for each in self.passages if each.removed)

    @cached_property
    def _lasting(self) -> tuple[Passage, ...]:
        return tuple(each for each in self.passages if not each.open_without_asking)

    @cached_property
    def _limits(self) -> dict[Audience, Timeline]:
        # What was worked out once: one testimony is asked about again and again.
        return {}

    @property
    def transcription(self) -> bool:
        """Say whether the archive's machine may ever write it down."""
        if TRANSCRIBER in self.never:
            return False
        said = self.permissions.get(TRANSCRIBER)
        return said is None or said.level > Level.NOTHING

    @property
    def opened_to_anyone(self) -> bool:
        """Say whether anything is said for anyone but the machine."""
        return bool(self.permissions.keys() - {TRANSCRIBER})


SILENCE = Terms()
"""The terms of a narrator who has said nothing."""

UNHEARD = Terms(never=frozenset({TRANSCRIBER}))
"""Silence to the archive's machine too: nobody writes it down."""


def terms_after_death(terms: Terms) -> Terms:
    """Return what holds once a narrator's death is attested.

    Walls and passages of their life stay; nothing said for then leaves all as it is.
    """
    then = terms.after_death
    if then is None:
        return terms
    # To the machine everything is said in life.
    said = {a: p for a, p in then.permissions.items() if a != TRANSCRIBER}
    if (heard := terms.permissions.get(TRANSCRIBER)) is not None:
        said[TRANSCRIBER] = heard
    return Terms(
        permissions=said,
        never=terms.never | then.never,
        naming=then.naming,
        passages=(*terms.passages, *then.passages),
    )


def limits_of(passages: Iterable[Passage], audience: Audience) -> Timeline:
    """Return the most that some passages leave an audience, all along."""
    return Timeline.limited((each.span, each.limit_for(audience)) for each in passages)


def check_zones(*times: datetime | None) -> None:
    """Raise `ValueError` for a time without its zone."""
    if any(time is not None and time.utcoffset() is None for time in times):
        raise ValueError("a time without its zone")


def earliest(*times: datetime | None) -> datetime | None:
    """Return the first of those that ever come."""
    return min((time for time in times if time is not None), default=None)
