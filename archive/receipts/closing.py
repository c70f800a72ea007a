"""What a closing stopped and cannot call back: from the ledger and the audit."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from archive.listeners import Listener
from archive.receipts.annex import Annex
from archive.telling.of_closings import (
    HandedOver,
    not_recalled_in,
    shares,
    stopped_in,
)
from archive.telling.of_terms import Names
from archive.telling.tongues import Tongue
from consent.standing import Consent

_MACHINES = {"transcriber", "renderer"}


def annex_of(
    before: Consent,
    day: date,
    listeners: Iterable[Listener],
    say: Tongue,
    names: Names,
) -> Annex:
    """Return what stands beside a closing on a day; `before` is what it closed."""
    given = handed_over(listeners, day)
    return Annex(
        tuple(stopped_in(say, before, day, names)),
        tuple(not_recalled_in(say, before.terms, given, names)),
    )


def handed_over(listeners: Iterable[Listener], until: date) -> list[HandedOver]:
    """Return who was given how much until a day; members of a community as one."""
    found: defaultdict[tuple[str, str], list[Listener]] = defaultdict(list)
    for each in listeners:
        if each.day <= until and each.kind not in _MACHINES:
            found[each.kind, each.name].append(each)
    told = []
    for (kind, name), given in found.items():
        words, voice = shares((each.part, each.share) for each in given)
        last = max(each.day for each in given)
        told.append(
            HandedOver(kind=kind, name=name, words=words, voice=voice, last=last)
        )
    return sorted(told, key=lambda each: (-each.last.toordinal(), each.name))
