"""A ledger small enough for a test, that proves what it recorded."""

import json
import secrets
from datetime import date
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.act_documents import written
from archive.receipts.entries import Entry, leaf_of
from archive.receipts.receipt import Receipt
from storage.checkpoints import Head
from storage.cosignatures import CosignerKey, with_cosignature
from storage.merkle import completed, inclusion_proof, root
from storage.signed_notes import NoteKey
from storage.tlog_proof import TlogProof

ORIGIN = "resguardo/3f2a"
TESTIMONY = "a1" * 16
DAY = date(2026, 11, 24)


def key(name=ORIGIN):
    return NoteKey(name, Ed25519PrivateKey.generate())


def witness(name="witness.example"):
    return CosignerKey(name, Ed25519PrivateKey.generate())


class Paper:
    """Records acts among others' and hands out receipts."""

    def __init__(self, signer=None, witnesses=()) -> None:
        self.key = signer or key()
        self.witnesses = witnesses
        self.entries, self.nodes = [], {}

    def record(self, act, *, testimony=TESTIMONY, day=DAY):
        kind, document = written(act)
        entry = {
            "sequence": len(self.entries),
            "testimony": testimony,
            "kind": kind,
            "day": day.isoformat(),
            "document": json.loads(document),
            "previous": None,
        }
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
        salt = secrets.token_bytes(16)
        self._add(leaf_of(text, salt))
        self.entries.append((text, salt))
        return len(self.entries) - 1

    def fill(self, count):
        for number in range(count):
            self._add(sha256(f"someone else's {number}".encode()).digest())
            self.entries.append(None)

    def receipt(self, number):
        size = len(self.entries)
        note = self.key.sign(Head(self.key.name, size, root(size, self._fetch)).text)
        for each in self.witnesses:
            note = with_cosignature(note, each.cosign(note.text, 1_795_000_000))
        hashes = tuple(inclusion_proof(number, size, self._fetch))
        text, salt = self.entries[number]
        proof = TlogProof(number, hashes, str(note))
        return Receipt(Entry.parse(text), salt, str(proof), str(self.key.verifier))

    def _add(self, leaf):
        self.nodes |= completed(len(self.entries), leaf, self._fetch)

    def _fetch(self, wanted):
        return {each: self.nodes[each] for each in wanted if each in self.nodes}


def receipt_of(act, *, before=11, after=6, **said):
    """Return the receipt of an act somewhere in the middle of a ledger."""
    paper = Paper(**said)
    paper.fill(before)
    number = paper.record(act)
    paper.fill(after)
    return paper.receipt(number)
