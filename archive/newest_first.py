"""Testimonies in the order in which they are listed, each with a number."""

from bisect import bisect_left
from datetime import date

Key = tuple[int, str]


def key_of(arrived_on: date, testimony_id: str) -> Key:
    """Return what orders testimonies: newest first, then by id."""
    return -arrived_on.toordinal(), testimony_id


class NewestFirst:
    """Two lists side by side, so that going through all of them is quick."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.numbers: list[int] = []

    def put(self, key: Key, number: int) -> None:
        """Add a testimony, or change its number."""
        place = bisect_left(self.keys, key)
        if place < len(self.keys) and self.keys[place] == key:
            self.numbers[place] = number
        else:
            self.keys.insert(place, key)
            self.numbers.insert(place, number)

    def remove(self, key: Key) -> None:
        """Take a testimony out; a missing one is no error."""
        place = bisect_left(self.keys, key)
        if place < len(self.keys) and self.keys[place] == key:
            del self.keys[place], self.numbers[place]
