"""A receipt: an entry of the ledger, and the proof that it was recorded."""

import json
from dataclasses import dataclass

from archive.leaves import leaf_of
from archive.receipts.entries import BadReceiptError, Entry
from archive.receipts.record import Json, record_of
from storage.checkpoints import unopened
from storage.tlog_proof import TlogProof

_EVIDENCE = {"entry", "tlog_proof", "verifier_key"}


@dataclass(frozen=True)
class Receipt:
    """`proof` is a tlog-proof, its `extra` the salt; `key` is said to be the archive's.

    Nothing is checked in it yet but that it can be read.
    """

    entry: Entry
    proof: str
    key: str

    @property
    def leaf(self) -> bytes:
        """Return the hash of the entry's leaf."""
        return leaf_of(TlogProof.parse(self.proof).extra, self.entry.text.encode())

    @property
    def origin(self) -> str:
        """Return how the ledger is called."""
        return unopened(TlogProof.parse(self.proof).checkpoint).origin

    def evidence(self) -> dict[str, str]:
        """Return what a verifier needs, as text."""
        return {
            "entry": self.entry.text,
            "tlog_proof": self.proof,
            "verifier_key": self.key,
        }

    def document(self) -> Json:
        """Return the record for machines with its proof."""
        return {
            **record_of(self.entry, self.origin, self.leaf),
            "proof": self.evidence(),
        }

    def to_json(self) -> str:
        """Write the record for machines."""
        return json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_evidence(cls, found: object) -> "Receipt":
        """Read what `evidence` gives; raise `BadReceiptError`."""
        if not isinstance(found, dict) or found.keys() != _EVIDENCE:
            raise BadReceiptError("receipt")
        if not all(isinstance(each, str) for each in found.values()):
            raise BadReceiptError("receipt")
        entry = Entry.parse(found["entry"])
        return cls(entry, found["tlog_proof"], found["verifier_key"])
