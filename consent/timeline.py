"""Levels along a recording: what is open from which millisecond on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from consent.levels import Level


@dataclass(frozen=True)
class Span:
    """Half-open, in milliseconds on the original's clock; no end is the recording's."""

    start: int
    end: int | None = None

    def __post_init__(self) -> None:
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            raise ValueError("a span ends after it begins, and begins at 0 or later")


@dataclass(frozen=True)
class Timeline:
    """A level for every moment of a recording.

    `steps` are (start, level), starts rising from 0, neighbouring levels different: two
    timelines that say the same are equal.
    """

    steps: tuple[tuple[int, Level], ...]

    @classmethod
    def always(cls, level: Level) -> "Timeline":
        """Return one level for the whole recording."""
        return _ALWAYS[level]

    @classmethod
    def limited(cls, limits: Iterable[tuple[Span, Level]]) -> "Timeline":
        """Return what spans, which may overlap, leave of everything: the least said."""
        events: list[tuple[int, int, Level]] = []
        for span, level in limits:
            events.append((span.start, 1, level))
            if span.end is not None:
                events.append((span.end, -1, level))
        if not events:
            return _ALWAYS[Level.IMAGE]
        holding = [0] * len(_LEVELS)
        holding[Level.IMAGE] = 1  # where nothing limits it
        steps: list[tuple[int, Level]] = [(0, Level.IMAGE)]
        events.sort()
        for start, change, level in events:
            holding[level] += change
            lowest = 0
            while not holding[lowest]:
                lowest += 1
            _step(steps, start, _LEVELS[lowest])
        return cls(tuple(steps))

    @classmethod
    def within(cls, spans: Iterable[Span], inside: Level, outside: Level) -> "Timeline":
        """Return one level inside some spans, and another outside all of them."""
        if inside is outside:
            return cls.always(inside)
        holes = cls.limited((span, Level.NOTHING) for span in spans)
        return cls(tuple((at, outside if left else inside) for at, left in holes.steps))

    @cached_property
    def highest(self) -> Level:
        """Return the most that is open anywhere."""
        return max([level for _, level in self.steps])

    @cached_property
    def lowest(self) -> Level:
        """Return what is open everywhere."""
        return min([level for _, level in self.steps])

    def at(self, moment: int) -> Level:
        """Return the level at a millisecond."""
        return [level for start, level in self.steps if start <= moment][-1]

    def meet(self, other: "Timeline") -> "Timeline":
        """Return the lower of both at every moment."""
        return lowest_of((self, other))

    def join(self, other: "Timeline") -> "Timeline":
        """Return the higher of both at every moment."""
        return highest_of((self, other))

    def capped(self, level: Level) -> "Timeline":
        """Return no more than a level at every moment."""
        if self.highest <= level:
            return self
        found = self._capped.get(level)
        if found is None:
            steps: list[tuple[int, Level]] = []
            for start, here in self.steps:
                _step(steps, start, min(here, level))
            found = self._capped[level] = Timeline(tuple(steps))
        return found

    @cached_property
    def _capped(self) -> dict[Level, "Timeline"]:
        # One narrator's passages are asked about again and again.
        return {}

    def below(self, level: Level) -> tuple[Span, ...]:
        """Return the longest spans where less than a level is open."""
        if self.lowest >= level:
            return ()
        found: list[Span] = []
        since: int | None = None
        for start, here in self.steps:
            if here < level:
                since = start if since is None else since
            elif since is not None:
                found.append(Span(since, start))
                since = None
        return (*found, Span(since)) if since is not None else tuple(found)

    def spans(self) -> Iterator[tuple[Span, Level]]:
        """Return what is open from where to where, in order."""
        starts = [start for start, _ in self.steps]
        for (start, level), end in zip_longest(self.steps, starts[1:]):
            yield Span(start, end), level


_LEVELS = tuple(Level)
_ALWAYS = {level: Timeline(((0, level),)) for level in Level}


def lowest_of(timelines: Sequence[Timeline]) -> Timeline:
    """Return the least of one or more timelines at every moment."""
    cap = min(each.highest for each in timelines)
    # What is never below what another never exceeds cannot be what counts.
    telling = [each for each in timelines if each.lowest < cap]
    if not telling:
        return _ALWAYS[cap]
    if len(telling) == 1:
        return telling[0].capped(cap)
    found = telling[0].capped(cap)
    for each in telling[1:]:
        found = _merged(found, each, lower=True)
    return found


def highest_of(timelines: Sequence[Timeline]) -> Timeline:
    """Return the most of one or more timelines at every moment."""
    floor = max(each.lowest for each in timelines)
    telling = [each for each in timelines if each.highest > floor]
    if not telling:
        return _ALWAYS[floor]
    found = telling[0]
    for each in telling[1:]:
        found = _merged(found, each, lower=False)
    return (
        found if found.lowest >= floor else _merged(found, _ALWAYS[floor], lower=False)
    )


def _merged(one: Timeline, other: Timeline, *, lower: bool) -> Timeline:
    """Go once along both, and keep the lower or the higher at every moment."""
    first, second = one.steps, other.steps
    here, there = 0, 0
    steps: list[tuple[int, Level]] = []
    last: Level | None = None
    start: int | None = 0
    while start is not None:
        a, b = first[here][1], second[there][1]
        level = a if (a < b) is lower else b
        if level is not last:
            steps.append((start, level))
            last = level
        begins = first[here + 1][0] if here + 1 < len(first) else None
        ends = second[there + 1][0] if there + 1 < len(second) else None
        if begins is not None and (ends is None or begins <= ends):
            here += 1
            if begins == ends:
                there += 1
            start = begins
        else:
            there += 1
            start = ends
    return Timeline(tuple(steps))


def _step(steps: list[tuple[int, Level]], start: int, level: Level) -> None:
    """Add a step; the last word at one moment counts, and no step says nothing new."""
    if steps and steps[-1][0] == start:
        steps.pop()
    if not steps or steps[-1][1] is not level:
        steps.append((start, level))
