"""The append-only ledger: acts in, and how a testimony stands out."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive import openness, tree
from archive.access import DamagedStoryError, FrozenError, NotHereError
from archive.act_documents import KINDS, BadActError, read, written
from archive.leaves import entry_of, leaf_of_row, new_salt
from archive.models.act import ActRow
from archive.models.testimony import Testimony
from archive.recorded_time import recorded_to
from archive.soundness import Record, act_digest, act_sound, record_of, records
from consent.actors import Actor, Renderer, Transcriber
from consent.actors import Narrator as NarratorActor
from consent.acts import Act, Erased, Frozen
from consent.freezing import kept_from
from consent.history import UnknownNarratorError, standing_at
from consent.reach import BEFORE_ALL, reach, turns
from consent.standing import Consent, Standing

_APPEND_LOCK = 0x5265736775
_ERASED = "erased"


class NoSuchTestimonyError(LookupError):
    """There is no such testimony."""


def hold(session: Session) -> None:
    """Let nobody else append until the transaction ends: what is read now stays so.

    On SQLite whoever writes is alone from the beginning.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _APPEND_LOCK}
        )


def append(session: Session, testimony_id: str, act: Act, now: datetime) -> int:
    """Add an act inside the caller's transaction; appends are one after another.

    Return its place in the ledger, which is its leaf's in the tree. Raise
    `FrozenError` for what would open a story while a narrator of it is frozen.
    """
    hold(session)
    _check_open(session, testimony_id, act, now)
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
    follow(session, testimony_id)
    return row.sequence


def _check_open(session: Session, testimony_id: str, act: Act, now: datetime) -> None:
    frozen = select(ActRow.sequence).where(
        ActRow.testimony_id == testimony_id, ActRow.kind == KINDS[Frozen]
    )
    if isinstance(act, Erased) or session.scalar(frozen.limit(1)) is None:
        return
    with suppress(DamagedStoryError):  # of which nothing opens
        until = kept_from(standing_of(session, testimony_id, now), act)
        if until is not None:
            raise FrozenError(until.date())


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


def own_consent(
    session: Session, actor: Actor, testimony_id: str, now: datetime
) -> tuple[Standing, Consent]:
    """Return how one's own testimony stands, and what oneself has said of it.

    Raise `NotHereError` to anyone but a narrator of it, and `DamagedStoryError`.
    """
    standing = standing_for(session, actor, testimony_id, now)
    own = standing.of(actor.narrator_id) if isinstance(actor, NarratorActor) else None
    if standing.erased or own is None or own.left:
        raise NotHereError
    return standing, own


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


def follow(session: Session, testimony_id: str) -> bool:
    """Let what is kept of a testimony's reach follow its acts; say if it did not."""
    record = record_of(session, testimony_id)
    if record is None:
        return False
    try:
        return openness.keep(session, testimony_id, _names(record))
    except DamagedStoryError:
        # Nobody is given anything of it; what was kept of it is wide enough.
        return False


def rebuild_openness(session: Session) -> int:
    """Bring all that is kept of reach to what the ledger says; count what was not."""
    gone = openness.strays(session)
    for testimony_id in gone:
        openness.forget(session, testimony_id)
    known = list(session.scalars(select(Testimony.testimony_id)))
    wrong = unfollowed(session, known)
    return len(gone) + sum(follow(session, testimony_id) for testimony_id in wrong)


def unfollowed(session: Session, testimonies: Sequence[str]) -> list[str]:
    """Return those whose reach is not kept as the ledger says."""
    found = []
    for start in range(0, len(testimonies), openness.AT_ONCE):
        some = testimonies[start : start + openness.AT_ONCE]
        kept = openness.names_kept(session, some)
        for record in records(session, some):
            testimony_id = record.testimony.testimony_id
            with suppress(DamagedStoryError):
                if kept.get(testimony_id, frozenset()) != _names(record):
                    found.append(testimony_id)
    return found


def _names(record: Record) -> frozenset[str]:
    """Return what is to be kept of a testimony's reach; nothing, once it is erased."""
    standing = _standing(record, BEFORE_ALL, None)
    if standing.erased:
        return frozenset()
    return reach(standing) or openness.NOBODY


def lasting(record: Record, now: datetime) -> tuple[Standing, tuple[datetime, ...]]:
    """Return how a testimony stands, and when it may stand otherwise by itself.

    By the standing alone no clock is told to be wrong (`recorded_to`). Raise
    `DamagedStoryError`.
    """
    standing, history = _folded(record, now, None)
    return standing, turns(history)


def _standing(record: Record, now: datetime, latest: datetime | None) -> Standing:
    return _folded(record, now, latest)[0]


def _folded(
    record: Record, now: datetime, latest: datetime | None
) -> tuple[Standing, list[Act]]:
    row = record.testimony
    history = [act for _, act in _history(record.acts)]
    # What was erased is nothing but that, and half gone it is not damaged.
    if Erased() not in history and record.faults():
        raise DamagedStoryError
    try:
        standing = standing_at(row.testimony_id, row.narrator_id, history, now, latest)
    except UnknownNarratorError as error:
        raise DamagedStoryError from error
    return standing, history


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
