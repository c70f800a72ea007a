"""What was said of a testimony after a copy of the archive was made.

Whoever brings back an old copy must first learn what its narrators have said since. An
act is known by its leaf, which is salted and stays when what it said is erased; what
comes after the last known act is news.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy import ColumnElement, inspect, null, select, true

from archive.database import Database
from archive.models.act import ActRow

ERASED, WITHDRAWN, RESTORED, CHANGED = "erased", "withdrawn", "restored", "changed"
ASKED, CALLED_OFF = "erasure_asked", "erasure_called_off"
_NARROWING = ("capped", "joined", "left", "delegated", "disputed")
"""What else may have closed something; what it was is not told."""
KINDS = (ERASED, WITHDRAWN, RESTORED, CHANGED, ASKED, CALLED_OFF, *_NARROWING)
UNKNOWN = "unknown"
"""Nobody says what was said since, so it is taken to be closed."""
KEYLESS = "keyless"
"""Its key is not here: it was erased, or is newer than this copy of the keys."""
DIGEST_LENGTH = 32


@dataclass(frozen=True)
class Word:
    """One thing that a narrator said; `digest` is the start of its act's leaf.

    `former` is the start of the unsalted digest by which it was known before there were
    leaves: what was noted by that, or copied then, is still known.
    """

    kind: str
    digest: str
    former: str = field(default="", compare=False)

    def among(self, words: Iterable["Word"]) -> bool:
        """Say whether this is one of some words."""
        mine = {self.digest, self.former} - {""}
        return any(
            each.kind == self.kind and not mine.isdisjoint({each.digest, each.former})
            for each in words
        )


def news(known: Sequence[Word], words: Sequence[Word]) -> str | None:
    """Return why a testimony must be closed by `words` that are not `known`, if at all.

    An erasure is final. New terms may have closed anything, and what they were is not
    told: they close it. A withdrawal that was taken back closes nothing. That it is to
    be erased is to be known, and still more that it is not.
    """
    if any(word.kind == ERASED for word in known):
        return None
    if any(word.kind == ERASED for word in words):
        return ERASED
    last = max((n for n, word in enumerate(words, 1) if word.among(known)), default=0)
    since = [word.kind for word in words[last:]]
    if to_be_erased(words[last:]):
        return ASKED
    if CALLED_OFF in since and to_be_erased(known):
        return CALLED_OFF
    if not {CHANGED, *_NARROWING}.isdisjoint(since):
        return CHANGED
    return WITHDRAWN if _withdrawn(since) else None


def closed_by(words: Sequence[Word]) -> bool:
    """Say whether these words leave a testimony closed to others."""
    kinds = [word.kind for word in words]
    return ERASED in kinds or _withdrawn(kinds)


def to_be_erased(words: Sequence[Word]) -> bool:
    """Say whether these words leave a testimony waiting to be erased."""
    turns = [word.kind for word in words if word.kind in {ASKED, CALLED_OFF}]
    return bool(turns) and turns[-1] == ASKED


def _withdrawn(kinds: Sequence[str]) -> bool:
    turns = [kind for kind in kinds if kind in {WITHDRAWN, ASKED, RESTORED}]
    return bool(turns) and turns[-1] != RESTORED


def unnoted(noted: Sequence[Word], words: Sequence[Word]) -> list[Word]:
    """Return what is still to be noted of `words`; after an erasure only that."""
    erasures = [word for word in words if word.kind == ERASED]
    return [word for word in erasures or words if not word.among(noted)]


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
    found: dict[str, list[Word]] = {}
    with database.reading() as session:
        columns = inspect(session.connection()).get_columns(ActRow.__tablename__)
        # A copy that was made before there were leaves is read as it is.
        has_leaves = any(each["name"] == "leaf" for each in columns)
        query = (
            select(
                ActRow.sequence,
                ActRow.testimony_id,
                ActRow.kind,
                ActRow.day,
                ActRow.document,
                ActRow.leaf if has_leaves else null(),
            )
            .where(ActRow.kind.in_(KINDS), chosen)
            .order_by(ActRow.sequence)
        )
        for sequence, testimony_id, kind, day, document, leaf in session.execute(query):
            former = _former_digest(sequence, testimony_id, kind, day, document)
            word = Word(kind, (leaf or former)[:DIGEST_LENGTH], former)
            found.setdefault(testimony_id, []).append(word)
    return found


def _former_digest(
    sequence: int, testimony_id: str, kind: str, day: date, document: str
) -> str:
    told = (sequence, testimony_id, kind, day.isoformat(), document)
    return sha256(json.dumps(told).encode()).hexdigest()[:DIGEST_LENGTH]
