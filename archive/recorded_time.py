"""What the ledger says of time, where a clock may be behind it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models.act import ActRow
from archive.soundness import act_sound
from consent.history import start_of

_LATEST = 5


def recorded_to(session: Session) -> datetime | None:
    """Return a moment that no right clock is before: the newest acts' last day."""
    newest = select(ActRow).order_by(ActRow.sequence.desc()).limit(_LATEST)
    days = [row.day for row in session.scalars(newest) if act_sound(row)]
    return start_of(max(days)) if days else None


def known_today(session: Session, now: datetime) -> date:
    """Return from when days are counted: by no clock that is known to be behind.

    Set right, it must not find those days over.
    """
    known = recorded_to(session)
    return (max(now, known) if known else now).date()
