"""What the archive gives to its witness, takes from it, and has to agree with."""

from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import heads, tree
from archive.access import DamagedLedgerError, ForkedLedgerError
from archive.database import Database
from archive.installation import Installation
from archive.models.ledger_tree import CheckpointRow, WitnessRow
from archive.witnessing import Submission, Witness
from storage.checkpoints import Head
from storage.cosignatures import cosigned_at, with_cosignature
from storage.errors import StorageError
from storage.merkle import MissingNodeError, consistency_proof, root
from storage.signed_notes import COSIGNATURE, Note, VerifierKey


class Agreement(Enum):
    """How the ledger stands to its witness."""

    NONE = "none"
    UNSEEN = "unseen"
    SAME = "same"
    FORKED = "forked"
    UNREACHABLE = "unreachable"


class NoSuchHeadError(Exception):
    """That is no signed head of this ledger, or there is none yet."""


class UnknownWitnessError(Exception):
    """No witness that is known here cosigned that."""


def agreement(installation: Installation, database: Database) -> Agreement:
    """Say whether the ledger extends what its witness saw last."""
    folder = installation.settings.witness
    if folder is None:
        return Agreement.NONE
    witness = Witness(folder)
    try:
        if not witness.exists:
            return Agreement.UNREACHABLE
        seen = witness.last_head()
        if seen is None:
            return Agreement.UNSEEN
        with database.reading() as session:
            same = _extends(installation, session, seen)
    except (OSError, StorageError):
        return Agreement.UNREACHABLE
    return Agreement.SAME if same else Agreement.FORKED


def _extends(installation: Installation, session: Session, seen: Head) -> bool:
    """Say whether the tree, under its present name, begins with what was seen."""
    if tree.size_of(session) < seen.size:
        return False
    try:
        before = heads.last_heads(installation, session)
        made = root(seen.size, tree.fetch_from(session))
    except (DamagedLedgerError, MissingNodeError):
        return False
    origin = before[0].origin if before else heads.origin_of(installation, 1)
    return (origin, made) == (seen.origin, seen.root)


def submission(database: Database, since: int) -> str:
    """Return the newest signed head for a witness that saw `since` acts.

    Raise `NoSuchHeadError`, `ForkedLedgerError` or `DamagedLedgerError`.
    """
    with database.reading() as session:
        newest = select(CheckpointRow).order_by(
            CheckpointRow.epoch.desc(), CheckpointRow.size.desc()
        )
        row = session.scalar(newest.limit(1))
        if row is None:
            raise NoSuchHeadError
        if since > row.size:
            raise ForkedLedgerError
        try:
            proof = consistency_proof(since, row.size, tree.fetch_from(session))
        except MissingNodeError as error:
            raise DamagedLedgerError from error
    return str(Submission(since, tuple(proof), row.note))


def add_cosignature(
    installation: Installation, database: Database, told: str, witness: str | None
) -> list[str]:
    """Keep what a witness cosigned, and remember the witness; return their names.

    `witness` is the verifier key of one that is not known yet. Raise `BadNoteError`,
    `UnsignedError`, `NoSuchHeadError` or `UnknownWitnessError`.
    """
    note = Note.parse(told)
    head = heads.read_head(installation, told)
    with database.writing() as session:
        row = session.get(CheckpointRow, (heads.epoch_of(head.origin), head.size))
        if row is None or Note.parse(row.note).text != note.text:
            raise NoSuchHeadError
        known = set(session.scalars(select(WitnessRow.verifier_key)))
        if witness is not None:
            known.add(str(VerifierKey.parse(witness)))
        kept, names = Note.parse(row.note), []
        for each in sorted(known):
            key = VerifierKey.parse(each)
            if key.kind != COSIGNATURE or cosigned_at(note, key) is None:
                continue
            (made, *_) = filter(key.made, note.signatures)
            kept = with_cosignature(kept, made)
            session.merge(WitnessRow(verifier_key=each))
            names.append(key.name)
        if not names:
            raise UnknownWitnessError
        row.note = str(kept)
    return names
