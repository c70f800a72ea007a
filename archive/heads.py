"""The heads of the ledger that were signed, and whether the tree still extends them.

A log is named by its archive and its epoch: the first, or one that was begun anew after
an older state was brought back. Within an epoch nothing that was signed is ever unsaid.
"""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import tree
from archive.access import DamagedLedgerError, ForkedLedgerError
from archive.installation import Installation
from archive.models.ledger_tree import CheckpointRow
from storage.checkpoints import Head, opened
from storage.errors import StorageError
from storage.merkle import (
    BadProofError,
    MissingNodeError,
    check_consistency,
    consistency_proof,
    root,
)
from storage.signed_notes import VerifierKey

_EPOCH = re.compile(r"resguardo\.invalid/[0-9a-f]{32}(?:/([1-9][0-9]{0,8}))?")


def origin_of(installation: Installation, epoch: int) -> str:
    """Return the name of an archive's log; it says nothing of where or what it is."""
    name = f"resguardo.invalid/{installation.archive_id}"
    return name if epoch == 1 else f"{name}/{epoch}"


def epoch_of(origin: str) -> int:
    """Return which epoch an origin names; raise `DamagedLedgerError`."""
    found = _EPOCH.fullmatch(origin)
    if found is None:
        raise DamagedLedgerError
    return int(found[1] or 1)


def verifiers(installation: Installation, epochs: Iterable[int]) -> list[VerifierKey]:
    """Return the archive's public key under the name of each epoch.

    Raise `MissingError` where there is none yet, or `DamagedError`.
    """
    key = installation.keys.ledger
    return [key.verifier(origin_of(installation, each)) for each in epochs]


def newest_epoch(installation: Installation, session: Session) -> int:
    """Return the number of the present log, as far as anything that was signed says.

    Unlike `last_heads` it does not ask whether what says so is whole.
    """
    newest = select(CheckpointRow.epoch).order_by(CheckpointRow.epoch.desc())
    found = [1, session.scalar(newest.limit(1)) or 1]
    last = installation.keys.ledger.last()
    if last is not None:
        found.append(epoch_of(last.partition("\n")[0]))
    return max(found)


def read_head(installation: Installation, checkpoint: str) -> Head:
    """Return a head that this archive signed; raise `DamagedLedgerError`."""
    try:
        origin = checkpoint.partition("\n")[0]
        return opened(checkpoint, verifiers(installation, [epoch_of(origin)]))
    except StorageError as error:
        raise DamagedLedgerError from error


def last_heads(installation: Installation, session: Session) -> list[Head]:
    """Return the last heads of the present epoch: by the keys' folder, by the tables.

    Raise `DamagedLedgerError`.
    """
    newest = select(CheckpointRow.note).order_by(
        CheckpointRow.epoch.desc(), CheckpointRow.size.desc()
    )
    told = (installation.keys.ledger.last(), session.scalar(newest.limit(1)))
    heads = [read_head(installation, each) for each in told if each is not None]
    present = max((epoch_of(each.origin) for each in heads), default=1)
    return [each for each in heads if epoch_of(each.origin) == present]


def present_head(installation: Installation, session: Session) -> Head:
    """Return the head of the tree as it is, once it extends all that was signed.

    Raise `ForkedLedgerError` or `DamagedLedgerError`.
    """
    before = last_heads(installation, session)
    origin = before[0].origin if before else origin_of(installation, 1)
    size = tree.size_of(session)
    try:
        head = Head(origin, size, root(size, tree.fetch_from(session)))
    except MissingNodeError as error:
        raise DamagedLedgerError from error
    for each in before:
        check_extends(session, each, head)
    return head


def check_extends(session: Session, old: Head, new: Head) -> None:
    """Raise `ForkedLedgerError` unless the tree's head `new` begins with `old`."""
    if old.origin != new.origin or old.size > new.size:
        raise ForkedLedgerError
    try:
        proof = consistency_proof(old.size, new.size, tree.fetch_from(session))
        check_consistency(old.size, new.size, old.root, new.root, proof)
    except BadProofError as error:
        raise ForkedLedgerError from error
    except MissingNodeError as error:
        raise DamagedLedgerError from error
