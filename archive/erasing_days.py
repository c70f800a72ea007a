"""The days between the word and the deed of an erasure."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ledger, logs, tombstones
from archive.access import DamagedStoryError, LedgerError
from archive.database import Database
from archive.heads import present_head
from archive.installation import Installation
from archive.models.act import ActRow
from archive.recorded_time import known_today
from consent.acts import Act, Erased, ErasureAsked, ErasureCalledOff, Withdrawn
from consent.standing import Standing
from storage.errors import StorageError

DAYS = 7
"""For how long a narrator may change their mind, unless the archive set less."""

_ASKED, _ERASED = "erasure_asked", "erased"


def last_day(session: Session, now: datetime, days: int = DAYS) -> date:
    """Return the last day on which whoever asks now may change their mind."""
    return known_today(session, now) + timedelta(days=days)


def waiting(session: Session, now: datetime) -> list[Standing]:
    """Return how each stands that is to be erased; nothing that is damaged."""
    of_kind = select(ActRow.testimony_id).where
    asked = set(session.scalars(of_kind(ActRow.kind == _ASKED)))
    asked -= set(session.scalars(of_kind(ActRow.kind == _ERASED)))
    # Nothing is destroyed at a word that was damaged.
    found = [_standing(session, each, now) for each in sorted(asked)]
    return [each for each in found if each is not None and each.erases_after]


def say_erased(installation: Installation, database: Database, now: datetime) -> None:
    """Record that what was asked to be erased is, where the days are over.

    Not while this archive may be older than what was noted outside, or than what was
    signed: it could have been called off since.
    """
    with database.reading() as session:
        over = [each.testimony_id for each in waiting(session, now) if each.is_due(now)]
    if not over:
        return
    if doubt := _doubt(installation, database):
        logs.event("erasures-wait", reason=doubt)
        return
    for testimony_id in over:
        with (
            tombstones.noting(installation, testimony_id),
            database.writing() as session,
        ):
            ledger.hold(session)
            # It may have been called off meanwhile.
            found = _standing(session, testimony_id, now)
            if found is not None and found.is_due(now):
                ledger.append(session, testimony_id, Erased(), now)


def _doubt(installation: Installation, database: Database) -> str:
    """Say why it may not know all that its narrators said; nothing where it does."""
    known = tombstones.standing(installation, database)
    if known not in {tombstones.Standing.NONE, tombstones.Standing.SAME}:
        return str(known.value)
    try:
        with database.reading() as session:
            present_head(installation, session)
    except (LedgerError, StorageError, OSError) as error:
        return type(error).__name__
    return ""


def ask_anew(session: Session, now: datetime) -> None:
    """Begin the days of every erasure again: nobody tells if one was called off."""
    for each in waiting(session, now):
        if each.erases_after == last_day(session, now):
            continue
        for act in asked_again(session, each.testimony_id, now):
            ledger.append(session, each.testimony_id, act, now)


def asked_again(session: Session, testimony_id: str, now: datetime) -> list[Act]:
    """Return what closes a testimony and lets it be erased once the days are over.

    Where nobody can tell who of several asked, it is closed and no more.
    """
    standing = _standing(session, testimony_id, now)
    staying = [each for each in standing.consents if not each.left] if standing else []
    if len(staying) != 1:
        return [Withdrawn()]
    return [ErasureAsked(last_day(session, now), staying[0].narrator_id)]


def called_off(session: Session, testimony_id: str, now: datetime) -> list[Act]:
    """Return what keeps a testimony from being erased, and leaves it closed."""
    standing = _standing(session, testimony_id, now)
    asked = standing.consents if standing else ()
    return [
        Withdrawn(),
        *(ErasureCalledOff(each.narrator_id) for each in asked if each.erases_after),
    ]


def _standing(session: Session, testimony_id: str, now: datetime) -> Standing | None:
    try:
        return ledger.standing_of(session, testimony_id, now)
    except (DamagedStoryError, ledger.NoSuchTestimonyError):
        return None
