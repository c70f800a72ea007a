"""A receipt: an entry of the ledger, its salt, and the proof that it was recorded."""

import base64
import json
from dataclasses import dataclass

from archive.receipts.entries import BadReceiptError, Entry, leaf_of
from archive.receipts.record import Json, record_of
from storage.checkpoints import unopened
from storage.signed_notes import BadNoteError, decoded
from storage.tlog_proof import TlogProof

_PROOF = {"entry", "salt", "tlog_proof", "verifier_key"}
_LONGEST_SALT = 64


@dataclass(frozen=True)
class Receipt:
    """`proof` is a tlog-proof; `key` is the archive's, as it says itself."""

    entry: Entry
    salt: bytes
    proof: str
    key: str

    @property
    def leaf(self) -> bytes:
        """Return the entry's leaf in the ledger."""
        return leaf_of(self.entry.text, self.salt)

    @property
    def origin(self) -> str:
        """Return how the ledger is called."""
        return unopened(TlogProof.parse(self.proof).checkpoint).origin

    def evidence(self) -> dict[str, str]:
        """Return what a verifier needs, as text."""
        return {
            "entry": self.entry.text,
            "salt": base64.b64encode(self.salt).decode(),
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
        if not isinstance(found, dict) or found.keys() != _PROOF:
            raise BadReceiptError("receipt")
        if not all(isinstance(each, str) for each in found.values()):
            raise BadReceiptError("receipt")
        try:
            salt = decoded(found["salt"])
        except BadNoteError as error:
            raise BadReceiptError("salt") from error
        if not 0 < len(salt) <= _LONGEST_SALT:
            raise BadReceiptError("salt")
        entry = Entry.parse(found["entry"])
        return cls(entry, salt, found["tlog_proof"], found["verifier_key"])
