"""The append-only ledger: acts in, and how a testimony stands out."""

import json
from collections import defaultdict
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive.act_documents import read, written
from archive.models.act import ActRow
from archive.models.testimony import Testimony
from consent.acts import Act, Erased
from consent.history import standing_at
from consent.standing import Standing

_APPEND_LOCK = 0x5265736775
_ERASED = "erased"


class NoSuchTestimonyError(LookupError):
    """There is no such testimony."""


def append(session: Session, testimony_id: str, act: Act, now: datetime) -> None:
    """Add an act inside the caller's transaction; appends are one after another."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _APPEND_LOCK}
        )
    last = session.scalar(select(func.max(ActRow.sequence)))
    kind, document = written(act)
    row = ActRow(
        sequence=0 if last is None else last + 1,
        testimony_id=testimony_id,
        kind=kind,
        day=now.date(),
        document=document,
        digest=None,
    )
    row.digest = digest_of(row)
    session.add(row)
    session.flush()


def standing_of(session: Session, testimony_id: str, now: datetime) -> Standing:
    """Return how one testimony stands; raise `NoSuchTestimonyError`."""
    # Both are asked for, whatever is found: what is not there costs what is hidden.
    acts = [act for _, act in history_of(session, testimony_id)]
    row = session.get(Testimony, testimony_id)
    if row is None:
        raise NoSuchTestimonyError
    return standing_at(testimony_id, row.narrator_id, acts, now)


def standings(session: Session, now: datetime) -> list[Standing]:
    """Return how every testimony stands, newest first."""
    acts: defaultdict[str, list[ActRow]] = defaultdict(list)
    for row in session.scalars(select(ActRow).order_by(ActRow.sequence)):
        acts[row.testimony_id].append(row)
    newest_first = select(Testimony).order_by(
        Testimony.arrived_on.desc(), Testimony.testimony_id
    )
    return [
        standing_at(
            row.testimony_id,
            row.narrator_id,
            [act for _, act in _history(acts[row.testimony_id])],
            now,
        )
        for row in session.scalars(newest_first)
    ]


def history_of(session: Session, testimony_id: str) -> list[tuple[ActRow, Act]]:
    """Return a testimony's acts in ledger order, each with its row."""
    rows = session.scalars(
        select(ActRow)
        .where(ActRow.testimony_id == testimony_id)
        .order_by(ActRow.sequence)
    )
    return _history(list(rows))


def forget(session: Session, testimony_id: str) -> None:
    """Empty the documents of an erased testimony; that it was erased stays."""
    rows = session.scalars(select(ActRow).where(ActRow.testimony_id == testimony_id))
    for row in rows:
        row.document = ""
        row.digest = digest_of(row)
    session.flush()


def digest_of(row: ActRow) -> str:
    """Return the SHA-256 of an act's row, in hex."""
    told = (row.sequence, row.testimony_id, row.kind, row.day.isoformat(), row.document)
    return sha256(json.dumps(told).encode()).hexdigest()


def _history(rows: list[ActRow]) -> list[tuple[ActRow, Act]]:
    erased = [row for row in rows if row.kind == _ERASED]
    if erased:
        return [(erased[-1], Erased())]
    return [(row, read(row.kind, row.document)) for row in rows]
