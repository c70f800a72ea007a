"""How a testimony stands at one moment: all that a decision rests on."""

from dataclasses import dataclass
from datetime import datetime

from consent.levels import Level
from consent.terms import SILENCE, Terms


@dataclass(frozen=True)
class Answer:
    """A narrator's yes to one person, no wider than `level`, until `until`."""

    person_id: str
    level: Level
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The fold of a testimony's acts; nothing said means nothing open."""

    testimony_id: str
    narrator_id: str
    terms: Terms = SILENCE
    answers: tuple[Answer, ...] = ()
    transcript_approved: bool = False
    withdrawn: bool = False
    erased: bool = False
    awaited: Terms | None = None
    settles: datetime | None = None
