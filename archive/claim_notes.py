"""Hidden notes for whoever holds a claim code, on another code of the same person.

A database tells nobody who has such a note: of every code there is one, or chance in
its place.
"""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from archive.models.claim_note import ClaimNote
from storage.hidden_notes import blank, found, hidden
from storage.identities import HybridIdentity

_ID = 16
_NOBODY = bytes(_ID)


@dataclass(frozen=True)
class Note:
    """What a code is told of others, as ids of narrators; empty where there is none.

    Entering with it freezes what `freezes` told; `duress` is its own duress code.
    """

    freezes: str = ""
    duress: str = ""


def leave_blank(session: Session, narrator_id: str) -> None:
    """Say nothing to a code, new or known; nobody can tell that."""
    _keep(session, narrator_id, blank(2 * _ID))


def write(
    session: Session, narrator_id: str, claim: HybridIdentity, note: Note
) -> None:
    """Say something to a code, in the place of what was said."""
    plain = b"".join(
        bytes.fromhex(each) or _NOBODY for each in (note.freezes, note.duress)
    )
    _keep(session, narrator_id, hidden(plain, claim, narrator_id))


def read(session: Session, narrator_id: str, claim: HybridIdentity) -> Note:
    """Return what is said to a code; nothing, to most."""
    row = session.get(ClaimNote, narrator_id)
    try:
        kept = bytes.fromhex(row.note) if row is not None else b""
    except ValueError:
        # Changed by rot: it opens to nobody any more.
        return Note()
    plain = found(kept, claim, narrator_id)
    if plain is None:
        return Note()
    ids = (plain[:_ID], plain[_ID:])
    return Note(*("" if each == _NOBODY else each.hex() for each in ids))


def forget(session: Session, narrator_id: str) -> None:
    """Forget what was said to a code that is forgotten itself."""
    session.execute(delete(ClaimNote).where(ClaimNote.narrator_id == narrator_id))


def _keep(session: Session, narrator_id: str, note: bytes) -> None:
    row = session.get(ClaimNote, narrator_id)
    if row is None:
        session.add(ClaimNote(narrator_id=narrator_id, note=note.hex()))
    else:
        row.note = note.hex()
    session.flush()
