"""Freezing: for a while nothing that a narrator told opens any wider."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from archive import claim_notes, ledger
from archive.access import DamagedStoryError, FrozenError
from archive.holders import testimonies_of
from archive.recorded_time import known_today
from consent.acts import Frozen
from consent.freezing import frozen_until, longer
from consent.standing import Consent, Standing
from storage.identities import HybridIdentity


def freeze(session: Session, narrator_id: str, days: int, now: datetime) -> None:
    """Freeze all that a narrator told, from today on, unless it is so for longer."""
    until = known_today(session, now) + timedelta(days=days)
    for consent, standing in consents_of(session, narrator_id, now):
        act = Frozen(now.date(), until, narrator_id)
        if longer(consent, act):
            ledger.append(session, standing.testimony_id, act, now)


def heed(
    session: Session, narrator_id: str, claim: HybridIdentity, days: int, now: datetime
) -> None:
    """Do what is said to a code that someone enters with, if it is a duress code."""
    note = claim_notes.read(session, narrator_id, claim)
    if note.freezes:
        freeze(session, note.freezes, days, now)


def check_open(standing: Standing) -> None:
    """Raise `FrozenError` while a narrator of a story is frozen."""
    until = frozen_until(standing.consents)
    if until is not None:
        raise FrozenError(until.date())


def check_none_frozen(session: Session, narrator_id: str, now: datetime) -> None:
    """Raise `FrozenError` while anything that someone told is frozen."""
    until = freeze_of(session, narrator_id, now)
    if until is not None:
        raise FrozenError(until.date())


def freeze_of(session: Session, narrator_id: str, now: datetime) -> datetime | None:
    """Return until when anything that someone told is frozen, if it is."""
    return frozen_until(each for each, _ in consents_of(session, narrator_id, now))


def consents_of(
    session: Session, narrator_id: str, now: datetime
) -> list[tuple[Consent, Standing]]:
    """Return what a narrator said of each story of theirs that is not damaged."""
    found = []
    for row in testimonies_of(session, narrator_id):
        try:
            standing = ledger.standing_of(session, row.testimony_id, now)
        except (ledger.NoSuchTestimonyError, DamagedStoryError):
            # Nothing of it opens to anyone.
            continue
        consent = standing.of(narrator_id)
        if consent is not None and not consent.left:
            found.append((consent, standing))
    return found
