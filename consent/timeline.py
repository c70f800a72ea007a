"""Levels along a recording: what is open from which millisecond on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

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
        return cls(((0, level),))

    @classmethod
    def within(cls, spans: Iterable[Span], inside: Level, outside: Level) -> "Timeline":
        """Return one level inside some spans, which may overlap, and another outside.

        The spans win where they overlap with nothing; among themselves they agree.
        """
        found = cls.always(outside)
        for span in spans:
            found = _merged(found, _one(span, inside), _second)
        return found

    @property
    def highest(self) -> Level:
        """Return the most that is open anywhere."""
        return max(level for _, level in self.steps)

    @property
    def lowest(self) -> Level:
        """Return what is open everywhere."""
        return min(level for _, level in self.steps)

    def at(self, moment: int) -> Level:
        """Return the level at a millisecond."""
        return [level for start, level in self.steps if start <= moment][-1]

    def meet(self, other: "Timeline") -> "Timeline":
        """Return the lower of both at every moment."""
        return _merged(self, other, _lower)

    def join(self, other: "Timeline") -> "Timeline":
        """Return the higher of both at every moment."""
        return _merged(self, other, _higher)

    def below(self, level: Level) -> tuple[Span, ...]:
        """Return the spans where less than a level is open."""
        return tuple(span for span, found in self.spans() if found < level)

    def spans(self) -> Iterator[tuple[Span, Level]]:
        """Return what is open from where to where, in order."""
        starts = [start for start, _ in self.steps]
        for (start, level), end in zip(self.steps, [*starts[1:], None], strict=True):
            yield Span(start, end), level


def _one(span: Span, level: Level) -> list[tuple[int, Level | None]]:
    steps: list[tuple[int, Level | None]] = [(span.start, level)]
    if span.start:
        steps.insert(0, (0, None))
    if span.end is not None:
        steps.append((span.end, None))
    return steps


def _lower(one: Level, other: Level | None) -> Level:
    return one if other is None else min(one, other)


def _higher(one: Level, other: Level | None) -> Level:
    return one if other is None else max(one, other)


def _second(one: Level, other: Level | None) -> Level:
    return one if other is None else other


def _merged(
    one: Timeline,
    other: "Timeline | list[tuple[int, Level | None]]",
    combine: Callable[[Level, Level | None], Level],
) -> Timeline:
    first = one.steps
    second = list(other.steps) if isinstance(other, Timeline) else other
    if len(first) == 1 and len(second) == 1:
        return Timeline(((0, combine(first[0][1], second[0][1])),))
    steps: list[tuple[int, Level]] = []
    here = there = 0
    for start in sorted({start for start, _ in (*first, *second)}):
        while here + 1 < len(first) and first[here + 1][0] <= start:
            here += 1
        while there + 1 < len(second) and second[there + 1][0] <= start:
            there += 1
        level = combine(first[here][1], second[there][1])
        if not steps or steps[-1][1] is not level:
            steps.append((start, level))
    return Timeline(tuple(steps))
