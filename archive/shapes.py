"""Decides once for all testimonies that stand alike, and again only when time comes.

What is decided is decided by `consent.rules.disclosed` alone; that is where a rule
belongs. Here it is only remembered, until the moment that the decision itself names.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from consent.actors import Actor, Narrator, Person
from consent.decisions import Disclosure
from consent.levels import Level
from consent.reach import BEFORE_ALL
from consent.rules import disclosed
from consent.standing import Standing

HIDDEN = 0
"""The number of what nobody but its narrators may know of."""

_MOST_DECIDED = 300_000
_WORN, _WORN_ANYWAY = 4, 1000
_UNDECIDED = object()


@dataclass(slots=True)
class _Shape:
    number: int
    standing: Standing
    testimonies: int = 0


class Shapes:
    """Standings without whose they are, numbered; testimonies share them."""

    def __init__(self) -> None:
        self._known: dict[Standing, _Shape] = {}
        self._numbered: list[_Shape | None] = [None]
        self._free: list[int] = []
        self._views: OrderedDict[Actor, _View] = OrderedDict()
        self._alike: dict[Disclosure, Disclosure] = {}

    def take(self, standing: Standing) -> int:
        """Return the number of a testimony's shape, to be released later."""
        told = _nobodys(standing)
        shape = self._known.get(told)
        if shape is None:
            shape = self._known[told] = _Shape(self._number(), told)
            self._numbered[shape.number] = shape
            for view in self._views.values():
                view.forget(shape.number)
        shape.testimonies += 1
        return shape.number

    def release(self, number: int) -> None:
        """Let a testimony's shape go; the last one takes it away."""
        shape = self._numbered[number]
        if shape is None:
            return
        shape.testimonies -= 1
        if shape.testimonies:
            return
        del self._known[shape.standing]
        self._numbered[number] = None
        self._free.append(number)

    def decided(
        self, actor: Actor, now: datetime, late: datetime
    ) -> list[Disclosure | None]:
        """Return what each shape discloses to an actor; `None` is nothing.

        `late` is `now`, or later where records tell that the clock is wrong.
        """
        asker = _shared(actor)
        view = self._views.pop(asker, None)
        if view is None or now < view.now or late < view.late or view.worn:
            # Only forward in time does a decision last as long as it says.
            view = _View(asker, self._alike)
        self._views[asker] = view
        if len(self._alike) > _MOST_DECIDED:
            self._alike.clear()
        view.decide(self._numbered, now, late)
        most = max(1, _MOST_DECIDED // len(self._numbered))
        while len(self._views) > most:
            self._views.popitem(last=False)
        return view.found

    def _number(self) -> int:
        if self._free:
            return self._free.pop()
        self._numbered.append(None)
        return len(self._numbered) - 1


@dataclass(slots=True)
class _View:
    """What one actor was found to be given of each shape."""

    asker: Actor
    alike: dict[Disclosure, Disclosure]
    now: datetime = BEFORE_ALL
    late: datetime = BEFORE_ALL
    found: list[Disclosure | None] = field(default_factory=list)
    ends: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def worn(self) -> bool:
        """Say whether most of what is remembered is of shapes that are gone."""
        return len(self.ends) > _WORN * len(self.found) + _WORN_ANYWAY

    def forget(self, number: int) -> None:
        """Let a number be decided anew when it stands for something else."""
        if number < len(self.found):
            self.found[number] = _UNDECIDED  # type: ignore[call-overload]

    def decide(
        self, shapes: list[_Shape | None], now: datetime, late: datetime
    ) -> None:
        """Decide what is new, and what has come to its end."""
        while self.ends and self.ends[0][0] <= late:
            self.forget(heappop(self.ends)[1])
        missing = len(shapes) - len(self.found)
        self.found += [_UNDECIDED] * missing  # type: ignore[list-item]
        number = -1
        while True:
            try:
                number = self.found.index(_UNDECIDED, number + 1)  # type: ignore[arg-type]
            except ValueError:
                break
            self.found[number] = self._decision(shapes[number], now, late)
        self.now, self.late = now, late

    def _decision(
        self, shape: _Shape | None, now: datetime, late: datetime
    ) -> Disclosure | None:
        if shape is None:
            return None
        standing = (
            replace(shape.standing, recorded_to=late) if late > now else shape.standing
        )
        found = disclosed(standing, self.asker, now)
        if found.valid_until is not None:
            heappush(self.ends, (found.valid_until, shape.number))
        if found.level is Level.NOTHING:
            return None
        return self.alike.setdefault(found, found)


def _nobodys(standing: Standing) -> Standing:
    """Return the same without whose it is; no narrator goes by such an id."""
    consents = tuple(
        replace(each, narrator_id=f"#{number}")
        for number, each in enumerate(standing.consents)
    )
    return replace(standing, testimony_id="", consents=consents)


def _shared(actor: Actor) -> Actor:
    """Return who stands for an actor: narrators are alike to what is not theirs."""
    match actor:
        case Narrator():
            return Narrator("")
        case Person(person_id=person_id, memberships=memberships):
            return Person(person_id, memberships)
        case _:
            return actor
