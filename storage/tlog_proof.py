"""Proofs that something is in a log (c2sp.org/tlog-proof@v1), checked offline.

About 1 kB of text: where the entry is, the way from its leaf to the root, and the
signed head with that root.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from storage.checkpoints import Head, opened
from storage.cosignatures import cosigned_at
from storage.merkle import check_inclusion
from storage.signed_notes import BadNoteError, Note, VerifierKey, decoded, number

_TITLE = "c2sp.org/tlog-proof@v1"
_HASH, _LONGEST = 32, 63


@dataclass(frozen=True)
class TlogProof:
    """A proof; `extra` is the application's own and is vouched for by nobody."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    @override
    def __str__(self) -> str:
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        told = [base64.b64encode(each).decode() for each in self.hashes]
        lines = [_TITLE, *extra, f"index {self.index}", *told, "", self.checkpoint]
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> "TlogProof":
        """Read a proof; raise `BadNoteError` for anything else."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines.pop(0) != _TITLE:
            raise BadNoteError("not a proof")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decoded(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise BadNoteError("no index")
        index = number(lines.pop(0).removeprefix("index "))
        hashes = tuple(map(decoded, lines))
        if len(hashes) > _LONGEST or any(len(each) != _HASH for each in hashes):
            raise BadNoteError("not a proof")
        Note.parse(checkpoint)
        return cls(index, hashes, checkpoint, extra)

    def verified(
        self, leaf: bytes, keys: Sequence[VerifierKey], origin: str | None = None
    ) -> Head:
        """Return the head that a leaf (its hash) is proven to be under.

        Raise `BadNoteError`, `UnsignedError` or `BadProofError`.
        """
        head = opened(self.checkpoint, keys)
        if origin is not None and head.origin != origin:
            raise BadNoteError("another log")
        check_inclusion(leaf, self.index, head.size, self.hashes, head.root)
        return head

    def witnessed(self, witnesses: Sequence[VerifierKey]) -> dict[str, int]:
        """Return which of these witnesses cosigned the head, and when (POSIX seconds).

        Raise `UnsignedError` for a cosignature that is false.
        """
        note = Note.parse(self.checkpoint)
        seen = {each.name: cosigned_at(note, each) for each in witnesses}
        return {name: at for name, at in seen.items() if at is not None}
