"""How long a change of terms waits before the slow audiences have it."""

from datetime import date, timedelta

from consent.terms import Terms
from consent.widening import widens_slowly

NOTICE_VERSION = "2026-11"
"""The version of the words that narrators are shown before they deposit."""


def settling_day(before: Terms, after: Terms, now: date, hours: int) -> date | None:
    """Return from which day a change holds in full; `None` means at once.

    The ledger keeps days only, so the wait is rounded up to the next midnight.
    """
    if not hours or not widens_slowly(before, after):
        return None
    return now + timedelta(days=-(-hours // 24) + 1)
