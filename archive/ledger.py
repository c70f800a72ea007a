"""The append-only ledger: acts in, and how a testimony stands out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive import tree
from archive.access import DamagedStoryError, NotHereError
from archive.act_documents import BadActError, read, written
from archive.leaves import entry_of, leaf_of_row, new_salt
from archive.models.act import ActRow
from archive.models.testimony import Testimony
from archive.soundness import Record, act_digest, act_sound, record_of, records
from consent.actors import Actor, Renderer, Transcriber
from consent.actors import Narrator as NarratorActor
from consent.acts import Act, Erased
from consent.history import UnknownNarratorError, standing_at, start_of
from consent.standing import Standing

_APPEND_LOCK = 0x5265736775
_LATEST = 5
_ERASED = "erased"


class NoSuchTestimonyError(LookupError):
    """There is no such testimony."""


def append(session: Session, testimony_id: str, act: Act, now: datetime) -> int:
    """Add an act inside the caller's transaction; appends are one after another.

    Return its place in the ledger, which is its leaf's in the tree.
    """
    hold(session)
    last = session.scalar(select(func.max(ActRow.sequence)))
    kind, document = written(act)
    row = ActRow(
        # Where one of the two lost its end, the other still counts it.
        sequence=max(0 if last is None else last + 1, tree.size_of(session)),
        testimony_id=testimony_id,
        kind=kind,
        day=now.date(),
        document=document,
        salt=new_salt(),
        leaf=None,
        digest=None,
    )
    leaf = leaf_of_row(row, _last_leaf(session, testimony_id))
    row.leaf = leaf
    row.digest = act_digest(row)
    session.add(row)
    session.flush()
    tree.add_leaf(session, row.sequence, str(leaf))
    return row.sequence


def hold(session: Session) -> None:
    """Let nobody else append until the caller's transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _APPEND_LOCK}
        )


def standing_of(session: Session, testimony_id: str, now: datetime) -> Standing:
    """Return how one testimony stands.

    Raise `NoSuchTestimonyError`, or `DamagedStoryError` where a row of it is not the
    one that was written.
    """
    record = record_of(session, testimony_id)
    latest = recorded_to(session)
    if record is None:
        raise NoSuchTestimonyError
    return _standing(record, now, latest)


def recorded_to(session: Session) -> datetime | None:
    """Return a moment that no right clock is before: the newest acts' last day."""
    newest = select(ActRow).order_by(ActRow.sequence.desc()).limit(_LATEST)
    days = [row.day for row in session.scalars(newest) if act_sound(row)]
    return start_of(max(days)) if days else None


def standing_for(
    session: Session, actor: Actor, testimony_id: str, now: datetime
) -> Standing:
    """Return the same for someone who asks.

    Raise `NotHereError`, and `DamagedStoryError` to the narrator and to machines alone.
    """
    try:
        return standing_of(session, testimony_id, now)
    except NoSuchTestimonyError:
        raise NotHereError from None
    except DamagedStoryError:
        row = session.get_one(Testimony, testimony_id)
        if isinstance(actor, Renderer | Transcriber) or owns(actor, row):
            raise
        raise NotHereError from None


def owns(actor: Actor, row: Testimony) -> bool:
    """Say whether a testimony is the asker's, also where just that was damaged."""
    return isinstance(actor, NarratorActor) and (
        row.narrator_id == actor.narrator_id
        or row.sound_with(narrator_id=actor.narrator_id)
    )


def standings(session: Session, now: datetime) -> list[Standing]:
    """Return how every testimony stands that is not damaged, newest first."""
    return [found for _, found in surveyed(session, now) if isinstance(found, Standing)]


def surveyed(
    session: Session, now: datetime
) -> list[tuple[Testimony, Standing | DamagedStoryError]]:
    """Return every testimony with how it stands, or its damage; newest first."""
    found: list[tuple[Testimony, Standing | DamagedStoryError]] = []
    latest = recorded_to(session)
    for record in records(session):
        try:
            found.append((record.testimony, _standing(record, now, latest)))
        except DamagedStoryError as damage:
            found.append((record.testimony, damage))
    return found


def history_of(session: Session, testimony_id: str) -> list[tuple[ActRow, Act]]:
    """Return a testimony's acts in ledger order, each with its row.

    Raise `DamagedStoryError`.
    """
    rows = session.scalars(
        select(ActRow)
        .where(ActRow.testimony_id == testimony_id)
        .order_by(ActRow.sequence)
    )
    return _history(list(rows))


def forget(session: Session, testimony_id: str) -> None:
    """Empty what an erased testimony's acts said; that it was erased stays.

    Their leaves stay too. With the salts gone, nobody can tell what they stood for.
    """
    rows = session.scalars(select(ActRow).where(ActRow.testimony_id == testimony_id))
    for row in rows:
        row.document, row.salt = "", ""
        row.digest = act_digest(row)
    session.flush()


def entry_and_salt(
    session: Session, testimony_id: str, sequence: int
) -> tuple[bytes, bytes]:
    """Return what an act's leaf is made of, for its narrator's receipt.

    Raise `NotHereError` where there is no such act, or where it is forgotten.
    """
    row = session.get(ActRow, sequence)
    if row is None or row.testimony_id != testimony_id or not row.salt:
        raise NotHereError
    previous = _last_leaf(session, testimony_id, sequence)
    if leaf_of_row(row, previous) != row.leaf:
        raise DamagedStoryError
    return entry_of(row, previous), bytes.fromhex(row.salt)


def _last_leaf(
    session: Session, testimony_id: str, before: int | None = None
) -> str | None:
    query = select(ActRow.leaf).where(ActRow.testimony_id == testimony_id)
    if before is not None:
        query = query.where(ActRow.sequence < before)
    return session.scalar(query.order_by(ActRow.sequence.desc()).limit(1))


def _standing(record: Record, now: datetime, latest: datetime | None) -> Standing:
    row = record.testimony
    history = [act for _, act in _history(record.acts)]
    # What was erased is nothing but that, and half gone it is not damaged.
    if Erased() not in history and record.faults():
        raise DamagedStoryError
    try:
        return standing_at(row.testimony_id, row.narrator_id, history, now, latest)
    except UnknownNarratorError as error:
        raise DamagedStoryError from error


def _history(rows: Sequence[ActRow]) -> list[tuple[ActRow, Act]]:
    erased = [row for row in rows if row.kind == _ERASED]
    if erased:
        return [(erased[-1], Erased())]
    if not all(act_sound(row) for row in rows):
        raise DamagedStoryError
    try:
        return [(row, read(row.kind, row.document)) for row in rows]
    except BadActError as error:
        raise DamagedStoryError from error
