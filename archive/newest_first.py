"""Testimonies in the order in which they are listed, each with a number."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

from consent.decisions import Disclosure

Key = tuple[int, str]
Listed = tuple[str, Disclosure]


def key_of(arrived_on: date, testimony_id: str) -> Key:
    """Return what orders testimonies: newest first, then by id."""
    return -arrived_on.toordinal(), testimony_id


class NewestFirst:
    """Lists side by side, so that going through all of them is quick.

    What was listed last of a testimony is listed again as the same object: a hundred
    thousand new ones for each list would set the garbage collector to work.
    """

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._numbers: list[int] = []
        self._listed: list[Listed | tuple[str, None]] = []

    def put(self, key: Key, number: int) -> None:
        """Add a testimony, or change its number."""
        place = bisect_left(self._keys, key)
        if place < len(self._keys) and self._keys[place] == key:
            self._numbers[place] = number
        else:
            self._keys.insert(place, key)
            self._numbers.insert(place, number)
            self._listed.insert(place, (key[1], None))

    def remove(self, key: Key) -> None:
        """Take a testimony out; a missing one is no error."""
        place = bisect_left(self._keys, key)
        if place < len(self._keys) and self._keys[place] == key:
            del self._keys[place], self._numbers[place], self._listed[place]

    def listed(self, found: Sequence[Disclosure | None]) -> list[Listed]:
        """List testimonies with what was found for each number; `None` is left out."""
        told: list[Listed] = []
        for place, number in enumerate(self._numbers):
            disclosure = found[number]
            if disclosure is None:
                continue
            last = self._listed[place]
            if last[1] is not disclosure:
                last = self._listed[place] = (last[0], disclosure)
            told.append(last)
        return told

    def ids(self) -> list[str]:
        """Return all testimonies in order."""
        return [testimony_id for _, testimony_id in self._keys]
