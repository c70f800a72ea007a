"""Whether a testimony's rows are the ones that were written, and all of them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import Select, event, func, select
from sqlalchemy.orm import Session

from archive.models.act import ActRow
from archive.models.testimony import Narrator, SealedObject, Testimony

T = TypeVar("T", ActRow, SealedObject)
R = TypeVar("R", ActRow, SealedObject, Testimony)


@dataclass(frozen=True, kw_only=True)
class Record:
    """All rows that say what a testimony is and how far it is open."""

    testimony: Testimony
    narrator: Narrator | None
    acts: Sequence[ActRow]
    parts: Sequence[SealedObject]

    def faults(self) -> list[str]:
        """Name what is damaged or lost; nothing, if all is as it was written."""
        found = [] if self.testimony.sound else ["testimony"]
        if self.narrator is None or not self.narrator.sound:
            found.append("narrator")
        found += [f"act {each.sequence}" for each in self.acts if not act_sound(each)]
        found += [
            f"{each.part} {each.revision}" for each in self.parts if not each.sound
        ]
        if self.testimony.acts not in {None, len(self.acts)}:
            found.append("acts")
        if self.testimony.parts not in {None, len(self.parts)}:
            found.append("parts")
        return found


def record_of(session: Session, testimony_id: str) -> Record | None:
    """Return the rows of one testimony."""
    # All is asked for, whatever is found: what is not there costs what is hidden.
    acts = session.scalars(
        select(ActRow)
        .where(ActRow.testimony_id == testimony_id)
        .order_by(ActRow.sequence)
    ).all()
    parts = session.scalars(
        select(SealedObject).where(SealedObject.testimony_id == testimony_id)
    ).all()
    narrator = session.scalar(
        select(Narrator).join(Testimony).where(Testimony.testimony_id == testimony_id)
    )
    row = session.get(Testimony, testimony_id)
    if row is None:
        return None
    return Record(testimony=row, narrator=narrator, acts=acts, parts=parts)


def records(session: Session, only: Sequence[str] | None = None) -> list[Record]:
    """Return the rows of every testimony, or of those named, newest first."""
    acts: defaultdict[str, list[ActRow]] = defaultdict(list)
    for act in session.scalars(_of(select(ActRow).order_by(ActRow.sequence), only)):
        acts[act.testimony_id].append(act)
    parts: defaultdict[str, list[SealedObject]] = defaultdict(list)
    for part in session.scalars(_of(select(SealedObject), only)):
        parts[part.testimony_id].append(part)
    newest_first = select(Testimony).order_by(
        Testimony.arrived_on.desc(), Testimony.testimony_id
    )
    rows = session.scalars(_of(newest_first, only)).all()
    named = select(Narrator)
    if only is not None:
        named = named.where(Narrator.narrator_id.in_({row.narrator_id for row in rows}))
    narrators = {each.narrator_id: each for each in session.scalars(named)}
    return [
        Record(
            testimony=row,
            narrator=narrators.get(row.narrator_id),
            acts=acts[row.testimony_id],
            parts=parts[row.testimony_id],
        )
        for row in rows
    ]


def _of(query: Select[R], only: Sequence[str] | None) -> Select[R]:
    """Narrow a query of one table to the testimonies named."""
    if only is None:
        return query
    return query.where(query.selected_columns.testimony_id.in_(only))


def act_digest(row: ActRow) -> str:
    """Return the SHA-256 of an act's row, in hex; the salt in it bars guessing."""
    told = (
        row.sequence,
        row.testimony_id,
        row.kind,
        row.day.isoformat(),
        row.document,
        row.salt,
        row.leaf,
    )
    return sha256(json.dumps(told).encode()).hexdigest()


def act_sound(row: ActRow) -> bool:
    """Say whether an act is as it was written, or older than its digest."""
    return row.digest is None or row.digest == act_digest(row)


def locked_testimony(session: Session, testimony_id: str) -> Testimony | None:
    """Return a testimony's row, held until the transaction ends."""
    # Not a stronger lock: rows that refer to it may be added by others meanwhile.
    return session.get(Testimony, testimony_id, with_for_update={"key_share": True})


@event.listens_for(Session, "before_flush")
def _count(session: Session, _context: object, _instances: object) -> None:
    """Keep a testimony's counts with what is added to it."""
    added: dict[str, tuple[int, int]] = {}
    for row in session.new:
        if isinstance(row, Testimony):
            row.acts, row.parts = row.acts or 0, row.parts or 0
        elif isinstance(row, ActRow | SealedObject):
            acts, parts = added.get(row.testimony_id, (0, 0))
            is_act = isinstance(row, ActRow)
            added[row.testimony_id] = (acts + is_act, parts + (not is_act))
    for testimony_id, (acts, parts) in added.items():
        testimony = locked_testimony(session, testimony_id)
        if testimony is None:
            continue
        # A row older than the counts begins with what there is.
        if testimony.acts is None:
            testimony.acts = _present(session, ActRow, testimony_id)
        if testimony.parts is None:
            testimony.parts = _present(session, SealedObject, testimony_id)
        testimony.acts += acts
        testimony.parts += parts


def _present(session: Session, table: type[T], testimony_id: str) -> int:
    rows = select(func.count()).where(table.testimony_id == testimony_id)
    return session.scalar(rows) or 0
