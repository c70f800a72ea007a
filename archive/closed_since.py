"""What was closed since a snapshot was taken, as far as anyone tells."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive import closings, erasing_days, ledger, openness, tombstones
from archive.clock import Clock
from archive.database import Database
from archive.holders import forget_involvements, forget_without_story
from archive.installation import Installation
from archive.models.audit_entry import AuditEntry
from archive.models.copy_job import CopyJob
from archive.models.kiosk_device import KioskDevice
from archive.models.person import PersonRow
from archive.models.request import RequestRow
from archive.models.testimony import SealedObject, Testimony
from archive.models.transcription_job import TranscriptionJob
from archive.sessions import VETTED
from consent.acts import Act, Answered, Erased, Withdrawn
from consent.levels import Level
from consent.standing import Standing

_APPLIED = "applied"


class UnreachableTombstonesError(Exception):
    """What was closed since cannot be known; nothing is restored on a doubt."""


@dataclass(frozen=True)
class News:
    """Why testimonies of a snapshot may not come back as they were; all the erased."""

    refused: dict[str, str]
    erased: frozenset[str]


def news_of(
    installation: Installation, snapshot: Database, ledgers: list[Path]
) -> News:
    """Return what was closed since a snapshot; raise `UnreachableTombstonesError`."""
    with snapshot.reading() as session:
        known = set(session.scalars(select(Testimony.testimony_id)))
    try:
        sources = [tombstones.words_outside(installation)]
    except OSError as error:
        raise UnreachableTombstonesError from error
    sources += [closings.words_in_copy(path) for path in ledgers]
    here = closings.all_words_in(snapshot)
    refused: dict[str, str] = {}
    erased = set()
    told = [(k, w) for source in sources for k, w in source.items()]
    # Whoever was told most is heard last: an erasure may have been called off, or asked
    # for again, since another source was written.
    for testimony_id, words in sorted(told, key=lambda each: len(each[1])):
        reason = closings.news(here.get(testimony_id, ()), words)
        if reason == closings.ERASED:
            erased.add(testimony_id)
        if reason and refused.get(testimony_id) != closings.ERASED:
            refused[testimony_id] = reason
    gone = known - set(installation.keys.keyring.entries())
    refused |= dict.fromkeys(gone - erased, closings.KEYLESS)
    return News(
        {key: reason for key, reason in refused.items() if key in known},
        frozenset(erased),
    )


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
    return all(
        each.terms.opened_to_anyone or each.said.opened_to_anyone or each.answers
        for each in standing.consents
    )


def take_answers_back(session: Session, now: Clock) -> None:
    """Take back every yes to one person: no tombstone tells of a no since then.

    Whoever asked waits for an answer again.
    """
    for standing in ledger.standings(session, now()):
        still = {
            (consent.narrator_id, answer.person_id)
            for consent in standing.consents
            for answer in consent.answers
        }
        if not still:
            continue
        depositor = standing.consents[0].narrator_id
        history = ledger.history_of(session, standing.testimony_id)
        given = {
            (act.narrator_id or depositor, act.person_id): act
            for _, act in history
            if isinstance(act, Answered)
        }
        for each in sorted(still):
            # Not a no: whoever asked may ask again.
            act = replace(given[each], level=Level.NOTHING, not_now=True)
            ledger.append(session, standing.testimony_id, act, now())


def end_vouching(session: Session) -> int:
    """Let every account be vouched for anew: nothing tells who was revoked since.

    Return how many were vouched for.
    """
    rows = session.scalars(select(PersonRow).where(PersonRow.state == VETTED)).all()
    for row in rows:
        row.state, row.attested_by, row.attested_until = _APPLIED, None, None
    return len(rows)


def end_enrolments(session: Session, now: Clock) -> int:
    """Let every tablet be enrolled anew: nothing tells which were revoked since.

    Return how many were in service.
    """
    rows = session.scalars(select(KioskDevice)).all()
    serving = [row for row in rows if row.token_digest is not None]
    for row in rows:
        row.code_digest = row.code_until = row.token_digest = None
    for row in serving:
        row.revoked_on = now().date()
    return len(serving)


def closing(session: Session, testimony_id: str, reason: str, now: Clock) -> list[Act]:
    """Return the acts that do what was said elsewhere."""
    match reason:
        case closings.ERASED:
            return [Erased()]
        case closings.ASKED:
            return erasing_days.asked_again(session, testimony_id, now())
        case closings.CALLED_OFF:
            return erasing_days.called_off(session, testimony_id, now())
        case _:
            return [Withdrawn()]


def close(session: Session, testimony_id: str, reason: str, now: Clock) -> None:
    """Close a testimony of a snapshot, or take it out if nothing can open it."""
    if reason == closings.ERASED:
        ledger.append(session, testimony_id, Erased(), now())
        ledger.forget(session, testimony_id)
    elif reason != closings.KEYLESS:
        for act in closing(session, testimony_id, reason, now):
            ledger.append(session, testimony_id, act, now())
        return
    # Of what has lost its key nothing is said: a newer copy of the keys may turn up.
    near = forget_involvements(session, testimony_id)
    for table in (SealedObject, RequestRow, AuditEntry, TranscriptionJob, CopyJob):
        session.execute(delete(table).where(table.testimony_id == testimony_id))
    openness.forget(session, testimony_id)
    row = session.get_one(Testimony, testimony_id)
    near.append(row.narrator_id)
    session.delete(row)
    session.flush()
    for narrator_id in near:
        forget_without_story(session, narrator_id)
