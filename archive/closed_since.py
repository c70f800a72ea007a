"""What was closed since a snapshot was taken, as far as anyone tells."""

from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive import closings, ledger, tombstones
from archive.clock import Clock
from archive.database import Database
from archive.installation import Installation
from archive.models.audit_entry import AuditEntry
from archive.models.request import RequestRow
from archive.models.testimony import Narrator, SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from consent.acts import Erased, Withdrawn
from consent.standing import Standing


class UnreachableTombstonesError(Exception):
    """What was closed since cannot be known; nothing is restored on a doubt."""


def news_of(
    installation: Installation, snapshot: Database, ledgers: list[Path]
) -> dict[str, str]:
    """Return which testimonies of a snapshot were closed since, and why.

    Raise `UnreachableTombstonesError`.
    """
    with snapshot.reading() as session:
        known = set(session.scalars(select(Testimony.testimony_id)))
    try:
        refused = tombstones.closed_elsewhere(installation, snapshot)
    except OSError as error:
        raise UnreachableTombstonesError from error
    here = closings.all_words_in(snapshot)
    for path in ledgers:
        for testimony_id, words in closings.words_in_copy(path).items():
            reason = closings.news(here.get(testimony_id, ()), words)
            if reason and refused.get(testimony_id) != closings.ERASED:
                refused[testimony_id] = reason
    gone = known - set(installation.keys.keyring.entries())
    refused |= dict.fromkeys(gone, closings.ERASED)
    return {key: reason for key, reason in refused.items() if key in known}


def open_to_others(snapshot: Database, now: Clock) -> dict[str, str]:
    """Return what anyone else may have: nobody tells whether it was closed since."""
    with snapshot.reading() as session:
        standings = ledger.standings(session, now())
    return {
        standing.testimony_id: closings.UNKNOWN
        for standing in standings
        if not standing.withdrawn and _opens(standing)
    }


def _opens(standing: Standing) -> bool:
    awaited = standing.awaited
    return bool(
        standing.terms.permissions
        or (awaited is not None and awaited.permissions)
        or standing.answers
    )


def close(session: Session, testimony_id: str, reason: str, now: Clock) -> None:
    """Close a testimony of a snapshot, or take all of it out if it was erased."""
    if reason != closings.ERASED:
        ledger.append(session, testimony_id, Withdrawn(), now())
        return
    ledger.append(session, testimony_id, Erased(), now())
    ledger.forget(session, testimony_id)
    for table in (SealedObject, RequestRow, AuditEntry, TranscriptionJob):
        session.execute(delete(table).where(table.testimony_id == testimony_id))
    row = session.get_one(Testimony, testimony_id)
    narrator_id = row.narrator_id
    session.delete(row)
    session.flush()
    others = select(Testimony.testimony_id).where(Testimony.narrator_id == narrator_id)
    if session.scalar(others.limit(1)) is None:
        session.execute(delete(Narrator).where(Narrator.narrator_id == narrator_id))
