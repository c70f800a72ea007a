"""Checks a receipt without an archive, and says what is wrong with one that fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from archive.receipts.compact import Bare
from archive.receipts.receipt import Receipt
from storage.checkpoints import unopened
from storage.merkle import BadProofError, check_inclusion
from storage.signed_notes import BadNoteError, UnsignedError, VerifierKey
from storage.tlog_proof import TlogProof


class Fault(Enum):
    """What is wrong; worded in `archive.receipts.verdicts`."""

    UNREADABLE = "unreadable"
    RECORD = "record"
    WORDS = "words"
    NOT_RECORDED = "not-recorded"
    SIGNATURE = "signature"
    OTHER_ARCHIVE = "other-archive"
    NEEDS_KEY = "needs-key"
    WITNESS = "witness"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found; no fault is a good receipt.

    `key_given` says whether whoever checks brought the archive's key; otherwise it is
    the receipt's own, and another archive could have made both.
    """

    fault: Fault | None = None
    receipt: Receipt | None = None
    number: int | None = None
    key: VerifierKey | None = None
    key_given: bool = False
    witnesses: tuple[str, ...] = ()


def check(
    found: Receipt | Bare,
    key: VerifierKey | None = None,
    witnesses: Sequence[VerifierKey] = (),
) -> Finding:
    """Check a receipt; with a key, that it is of that archive."""
    try:
        if isinstance(found, Bare):
            return _check_bare(found, key, witnesses)
        return _check(found, key, witnesses)
    except BadNoteError:
        return Finding(fault=Fault.UNREADABLE)


def _check(
    receipt: Receipt, key: VerifierKey | None, witnesses: Sequence[VerifierKey]
) -> Finding:
    own = VerifierKey.parse(receipt.key)
    proof = TlogProof.parse(receipt.proof)
    fault = _fault(receipt.leaf, proof, own, witnesses)
    if proof.index != receipt.entry.sequence:
        fault = Fault.NOT_RECORDED
    if key is not None and own.public != key.public:
        fault = Fault.OTHER_ARCHIVE
    return Finding(
        fault=fault,
        receipt=receipt,
        number=proof.index,
        key=own,
        key_given=key is not None,
        witnesses=_seen(proof, witnesses),
    )


def _check_bare(
    found: Bare, key: VerifierKey | None, witnesses: Sequence[VerifierKey]
) -> Finding:
    if key is None:
        return Finding(fault=Fault.NEEDS_KEY, number=found.index)
    proof = found.proof_for(key, *witnesses)
    return Finding(
        fault=_fault(found.leaf, proof, key, witnesses),
        number=found.index,
        key=key,
        key_given=True,
        witnesses=_seen(proof, witnesses),
    )


def _fault(
    leaf: bytes, proof: TlogProof, key: VerifierKey, witnesses: Sequence[VerifierKey]
) -> Fault | None:
    head = unopened(proof.checkpoint)
    try:
        check_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)
    except BadProofError:
        return Fault.NOT_RECORDED
    if head.origin != key.name:
        return Fault.SIGNATURE
    try:
        proof.verified(leaf, [key])
    except UnsignedError:
        return Fault.SIGNATURE
    return None if len(_seen(proof, witnesses)) == len(witnesses) else Fault.WITNESS


def _seen(proof: TlogProof, witnesses: Sequence[VerifierKey]) -> tuple[str, ...]:
    try:
        return tuple(proof.witnessed(witnesses))
    except UnsignedError:
        return ()
