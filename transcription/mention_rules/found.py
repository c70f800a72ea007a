"""What rules answer: a kind, and which tokens."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was named. Where one lies in another, the one above holds both."""

    ADDRESS = "address"
    DATE = "date"
    CONTACT = "contact"
    NUMBER = "number"
    ORGANISATION = "organisation"
    PLACE = "place"
    PERSON = "person"


@dataclass(frozen=True)
class Found:
    """Tokens from `first` to before `end`."""

    kind: Kind
    first: int
    end: int
