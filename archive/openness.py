"""Keeps and asks by which names testimonies may be open; decides nothing.

What it names too much, the law takes away again. What it names too little would hide a
testimony that is open: `consent.reach` is proven not to, and a testimony of which it
says nothing at all is taken to be open to anyone until somebody has looked.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from archive.models.openness import OpennessRow
from archive.models.testimony import Testimony

NOBODY = frozenset({"nobody"})
"""Says that somebody looked, and that it is open to no one."""

AT_ONCE = 500
"""How many testimonies one query names at most."""


def keep(session: Session, testimony_id: str, names: frozenset[str]) -> bool:
    """Keep by which names a testimony may be open; say whether that was news."""
    kept = names_kept(session, [testimony_id]).get(testimony_id, frozenset())
    if gone := kept - names:
        session.execute(
            delete(OpennessRow).where(
                OpennessRow.testimony_id == testimony_id, OpennessRow.name.in_(gone)
            )
        )
    if new := names - kept:
        rows = [{"name": name, "testimony_id": testimony_id} for name in sorted(new)]
        session.execute(insert(OpennessRow), rows)
    return kept != names


def forget(session: Session, testimony_id: str) -> None:
    """Keep nothing of a testimony that is no more."""
    session.execute(delete(OpennessRow).where(OpennessRow.testimony_id == testimony_id))


def names_kept(
    session: Session, testimonies: Sequence[str]
) -> dict[str, frozenset[str]]:
    """Return what is kept of some testimonies, at most `AT_ONCE`."""
    rows = session.execute(
        select(OpennessRow.testimony_id, OpennessRow.name).where(
            OpennessRow.testimony_id.in_(testimonies)
        )
    )
    found: dict[str, frozenset[str]] = {}
    for testimony_id, name in rows:
        found[testimony_id] = found.get(testimony_id, frozenset()) | {name}
    return found


def candidates(session: Session, names: Iterable[str]) -> list[str]:
    """Return the testimonies that may be open to whoever goes by these names."""
    query = select(OpennessRow.testimony_id).where(OpennessRow.name.in_(names))
    return list(session.scalars(query.distinct()))


def unknown(session: Session) -> list[str]:
    """Return the testimonies of which nobody has looked yet."""
    looked = select(OpennessRow).where(
        OpennessRow.testimony_id == Testimony.testimony_id
    )
    return list(session.scalars(select(Testimony.testimony_id).where(~looked.exists())))


def strays(session: Session) -> list[str]:
    """Return what is kept of testimonies that are no more."""
    known = select(Testimony.testimony_id)
    query = select(OpennessRow.testimony_id).where(
        OpennessRow.testimony_id.not_in(known)
    )
    return list(session.scalars(query.distinct()))
