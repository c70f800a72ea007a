"""Checkpoints (c2sp.org/tlog-checkpoint): the signed head of a log, without a time."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from storage.signed_notes import (
    BadNoteError,
    Note,
    NoteKey,
    VerifierKey,
    decoded,
    number,
)

_HASH = 32
_LINES = 3


@dataclass(frozen=True)
class Head:
    """A log of `size` leaves with this root; `origin` says which log it is."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        told = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{told}\n"


def signed(head: Head, key: NoteKey) -> str:
    """Return a checkpoint."""
    return str(key.sign(head.text))


def head_of(note: Note) -> Head:
    """Return the head that a note tells of; raise `BadNoteError`."""
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < _LINES or not all(lines):
        raise BadNoteError("not a checkpoint")
    root = decoded(lines[2])
    if len(root) != _HASH:
        raise BadNoteError("not a checkpoint")
    return Head(lines[0], number(lines[1]), root)


def opened(checkpoint: str, keys: Sequence[VerifierKey]) -> Head:
    """Return the head of a checkpoint that one of these keys signed.

    Raise `BadNoteError` or `UnsignedError`.
    """
    note = Note.parse(checkpoint)
    note.verified(keys)
    return head_of(note)


def unopened(checkpoint: str) -> Head:
    """Return what a checkpoint says, whoever signed it; raise `BadNoteError`."""
    return head_of(Note.parse(checkpoint))
