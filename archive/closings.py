"""What was said of a testimony after a copy of the archive was made.

Whoever brings back an old copy must first learn what its narrators have said since. An
act is known by its digest; what comes after the last known act is news.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, select, true

from archive.database import Database
from archive.models.act import ActRow

ERASED, WITHDRAWN, RESTORED, CHANGED = "erased", "withdrawn", "restored", "changed"
KINDS = (ERASED, WITHDRAWN, RESTORED, CHANGED)
UNKNOWN = "unknown"
"""Nobody says what was said since, so it is taken to be closed."""
KEYLESS = "keyless"
"""Its key is not here: it was erased, or is newer than this copy of the keys."""
DIGEST_LENGTH = 32


@dataclass(frozen=True)
class Word:
    """One thing that a narrator said; `digest` is the start of its act's digest."""

    kind: str
    digest: str


def news(known: Sequence[Word], words: Sequence[Word]) -> str | None:
    """Return why a testimony must be closed by `words` that are not `known`, if at all.

    An erasure is final. New terms may have closed anything, and what they were is not
    told: they close it. A withdrawal that was taken back closes nothing.
    """
    if any(word.kind == ERASED for word in known):
        return None
    if any(word.kind == ERASED for word in words):
        return ERASED
    last = max((n for n, word in enumerate(words, 1) if word in known), default=0)
    since = [word.kind for word in words[last:]]
    if CHANGED in since:
        return CHANGED
    return WITHDRAWN if _withdrawn(since) else None


def closed_by(words: Sequence[Word]) -> bool:
    """Say whether these words leave a testimony closed to others."""
    kinds = [word.kind for word in words]
    return ERASED in kinds or _withdrawn(kinds)


def _withdrawn(kinds: Sequence[str]) -> bool:
    turns = [kind for kind in kinds if kind in {WITHDRAWN, RESTORED}]
    return bool(turns) and turns[-1] == WITHDRAWN


def unnoted(noted: Sequence[Word], words: Sequence[Word]) -> list[Word]:
    """Return what is still to be noted of `words`; after an erasure only that."""
    erasures = [word for word in words if word.kind == ERASED]
    return [word for word in erasures or words if word not in noted]


def words_in(database: Database, testimony_id: str) -> list[Word]:
    """Return what the ledger knows of a testimony, in order."""
    return _words(database, ActRow.testimony_id == testimony_id).get(testimony_id, [])


def all_words_in(database: Database) -> dict[str, list[Word]]:
    """Return what the ledger knows of every testimony, in order."""
    return _words(database, true())


def words_in_copy(path: Path) -> dict[str, list[Word]]:
    """Return what another copy of the ledger knows, an SQLite file."""
    database = Database(f"sqlite:///{path.absolute()}")
    try:
        return all_words_in(database)
    finally:
        database.close()


def _words(database: Database, chosen: ColumnElement[bool]) -> dict[str, list[Word]]:
    query = (
        select(ActRow.testimony_id, ActRow.kind, ActRow.digest)
        .where(ActRow.kind.in_(KINDS), chosen)
        .order_by(ActRow.sequence)
    )
    found: dict[str, list[Word]] = {}
    with database.reading() as session:
        for testimony_id, kind, digest in session.execute(query):
            word = Word(kind, (digest or "")[:DIGEST_LENGTH])
            found.setdefault(testimony_id, []).append(word)
    return found
