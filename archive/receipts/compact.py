"""A receipt as digits, for a QR code: any scanner reads them, and they say nothing.

Without its entry a receipt proves that something was recorded, not what; it needs the
archive's key to be checked, and names neither archive nor person.
"""

import json
import re
import zlib
from dataclasses import dataclass

from archive.receipts.entries import BadReceiptError
from archive.receipts.receipt import Receipt
from storage.checkpoints import Head, unopened
from storage.signed_notes import Note, Signature, VerifierKey
from storage.tlog_proof import TlogProof

_BARE, _WHOLE = 1, 2
_CHUNK = 7
_DIGITS = (0, 3, 5, 8, 10, 13, 15, 17)
"""How many digits hold that many bytes."""

_ONLY_DIGITS = re.compile(r"[0-9]*")
_HASH, _KEY_ID = 32, 4
_NUMBER = 8
_MOST = 1 << 16
_LONGEST = 20_000


@dataclass(frozen=True)
class Bare:
    """A receipt without its entry: a leaf, its way to the root, and signatures."""

    leaf: bytes
    index: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    signatures: tuple[bytes, ...]

    def proof_for(self, *keys: VerifierKey) -> TlogProof:
        """Return the proof as the ledger of the first of some keys would write it."""
        text = Head(keys[0].name, self.size, self.root).text
        names = {key.key_id: key.name for key in keys}
        signed = tuple(
            Signature(names.get(each[:_KEY_ID], "-"), each[:_KEY_ID], each[_KEY_ID:])
            for each in self.signatures
        )
        return TlogProof(self.index, self.hashes, str(Note(text, signed)))


def bare(receipt: Receipt) -> str:
    """Return a receipt's proof without its entry, as digits."""
    return to_digits(bytes([_BARE]) + receipt.leaf + _proof(receipt))


def to_json(receipt: Receipt) -> str:
    """Return the same as JSON."""
    return json.dumps({"receipt": bare(receipt)}) + "\n"


def whole(receipt: Receipt) -> str:
    """Return all of a receipt, as digits."""
    told = json.dumps(receipt.evidence(), ensure_ascii=False, separators=(",", ":"))
    return to_digits(bytes([_WHOLE]) + zlib.compress(told.encode(), 9))


def read(digits: str) -> Receipt | Bare:
    """Read what `bare` or `whole` wrote; raise `BadReceiptError` for anything else."""
    data = from_digits(digits)
    if data[:1] == bytes([_WHOLE]):
        try:
            return Receipt.from_evidence(json.loads(_unpacked(data[1:])))
        except (ValueError, RecursionError) as error:
            raise BadReceiptError("receipt") from error
    if data[:1] != bytes([_BARE]):
        raise BadReceiptError("version")
    source = _Source(data[1:])
    found = Bare(
        leaf=source.take(_HASH),
        index=source.number(),
        size=source.number(),
        root=source.take(_HASH),
        hashes=tuple(source.take(_HASH) for _ in range(source.take(1)[0])),
        signatures=tuple(source.sized() for _ in range(source.take(1)[0])),
    )
    source.end()
    return found


def to_digits(data: bytes) -> str:
    """Write bytes as decimal digits: 7 bytes in 17 digits."""
    return "".join(
        str(int.from_bytes(chunk, "big")).zfill(_DIGITS[len(chunk)])
        for chunk in (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
    )


def from_digits(text: str) -> bytes:
    """Read what `to_digits` wrote; raise `BadReceiptError` for anything else."""
    step = _DIGITS[_CHUNK]
    if not _ONLY_DIGITS.fullmatch(text) or len(text) > _LONGEST:
        raise BadReceiptError("digits")
    found = bytearray()
    for at in range(0, len(text), step):
        chunk = text[at : at + step]
        if len(chunk) not in _DIGITS:
            raise BadReceiptError("digits")
        size = _DIGITS.index(len(chunk))
        if int(chunk) >> 8 * size:
            raise BadReceiptError("digits")
        found += int(chunk).to_bytes(size, "big")
    return bytes(found)


class _Source:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) != size:
            raise BadReceiptError("cut short")
        self._at += size
        return found

    def number(self) -> int:
        return int.from_bytes(self.take(_NUMBER), "big")

    def sized(self) -> bytes:
        return self.take(int.from_bytes(self.take(2), "big"))

    def end(self) -> None:
        if self._at != len(self._data):
            raise BadReceiptError("too long")


def _proof(receipt: Receipt) -> bytes:
    proof = TlogProof.parse(receipt.proof)
    head, note = unopened(proof.checkpoint), Note.parse(proof.checkpoint)
    if note.text != head.text:
        raise BadReceiptError("checkpoint")
    signatures = [each.key_id + each.content for each in note.signatures]
    return b"".join(
        (
            proof.index.to_bytes(_NUMBER, "big"),
            head.size.to_bytes(_NUMBER, "big"),
            head.root,
            bytes([len(proof.hashes)]),
            *proof.hashes,
            bytes([len(signatures)]),
            *(_sized(each) for each in signatures),
        )
    )


def _unpacked(data: bytes) -> bytes:
    source = zlib.decompressobj()
    try:
        found = source.decompress(data, _LONGEST)
    except zlib.error as error:
        raise BadReceiptError("receipt") from error
    if not source.eof or source.unused_data:
        raise BadReceiptError("receipt")
    return found


def _sized(data: bytes) -> bytes:
    if len(data) >= _MOST:
        raise BadReceiptError("too long")
    return len(data).to_bytes(2, "big") + data
