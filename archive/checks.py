"""What the doctor answers: how it stands with one thing, and what to do."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How it stands with one thing."""

    GOOD = "good"
    ADVICE = "advice"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at; `todo` is empty where there is nothing to do."""

    about: str
    verdict: Verdict
    found: str
    todo: str = ""


def good(about: str, found: str) -> Check:
    """Return that all is well."""
    return Check(about=about, verdict=Verdict.GOOD, found=found)


def advice(about: str, found: str, todo: str) -> Check:
    """Return what could be better."""
    return Check(about=about, verdict=Verdict.ADVICE, found=found, todo=todo)


def wrong(about: str, found: str, todo: str) -> Check:
    """Return what is wrong."""
    return Check(about=about, verdict=Verdict.WRONG, found=found, todo=todo)
