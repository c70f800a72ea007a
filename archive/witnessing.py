"""A witness of the ledger: a folder on another machine, or on a steward's USB stick.

It keeps a key of its own and the last head that it saw, and cosigns only what extends
that. It needs nothing of the archive but a file.
"""

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from archive.heads import epoch_of
from archive.signed_heads import Seen
from storage.checkpoints import Head, head_of, unopened
from storage.cosignatures import CosignerKey, with_cosignature
from storage.durable import write_durably
from storage.errors import DamagedError, MissingError
from storage.log_key import LogKey
from storage.merkle import EMPTY, BadProofError, check_consistency
from storage.signed_notes import (
    BadNoteError,
    Note,
    UnsignedError,
    VerifierKey,
    decoded,
    number,
)

_STATE, _NAME = "witness.json", "witness"
_LONGEST = 63


class WitnessExistsError(Exception):
    """There is a witness in that folder already."""


class WitnessRefusedError(Exception):
    """The witness does not cosign; `code` says why.

    `size`: it is not about the head that was seen last. `fork`: it does not extend it.
    `unsigned`: the ledger's key did not sign it. `new-log`: the ledger was begun anew.
    `not-a-file`: it is nothing that was exported for a witness.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Submission:
    """What a witness is asked to cosign, as C2SP's tlog-witness has it sent."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    @override
    def __str__(self) -> str:
        told = [b64encode(each).decode() for each in self.proof]
        return "\n".join([f"old {self.old}", *told, "", self.checkpoint])

    @classmethod
    def parse(cls, text: str) -> "Submission":
        """Read a submission; raise `BadNoteError`."""
        told, gap, checkpoint = text.partition("\n\n")
        first, *lines = told.split("\n")
        proof = tuple(map(decoded, lines))
        if not gap or not first.startswith("old ") or len(proof) > _LONGEST:
            raise BadNoteError("not a submission")
        head_of(Note.parse(checkpoint))
        return cls(number(first.removeprefix("old ")), proof, checkpoint)


class Witness:
    """A witness's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = LogKey(folder, _NAME)

    def create(self, log: str, name: str | None = None) -> None:
        """Make a witness of the ledger with this verifier key (C2SP's form)."""
        if (self._folder / _STATE).exists():
            raise WitnessExistsError
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = name or f"witness.invalid/{secrets.token_hex(8)}"
        key = CosignerKey(name, self._key.private)
        told = {"name": key.verifier.name, "log": str(VerifierKey.parse(log))}
        write_durably(self._folder / _STATE, json.dumps(told).encode())

    @property
    def exists(self) -> bool:
        """Say whether a witness lies here, and can be reached."""
        return (self._folder / _STATE).exists()

    @property
    def log(self) -> VerifierKey:
        """Return the key by which the ledger is known, under its first name."""
        return VerifierKey.parse(self._state("log"))

    @property
    def verifier(self) -> VerifierKey:
        """Return the witness's own public key."""
        return self._cosigner().verifier

    def seen(self) -> Seen | None:
        """Return the last head that was seen, as it was cosigned."""
        last = self._key.last()
        return None if last is None else Seen(last, self.log)

    def last_head(self) -> Head | None:
        """Return what the last head says."""
        last = self._key.last()
        return None if last is None else unopened(last)

    def cosign(self, told: str, seconds: float, *, new_log: bool = False) -> str:
        """Return a submission's checkpoint with the cosignature added.

        `new_log` accepts a ledger that was begun anew. Raise `WitnessRefusedError`.
        """
        try:
            asked = Submission.parse(told)
            head = unopened(asked.checkpoint)
        except BadNoteError as error:
            raise WitnessRefusedError("not-a-file") from error
        last = self._before(head, new_log=new_log)
        note = Note.parse(asked.checkpoint)
        try:
            note.verified([VerifierKey(head.origin, self.log.public)])
        except UnsignedError as error:
            raise WitnessRefusedError("unsigned") from error
        _check_extends(last, asked, head)
        made = with_cosignature(note, self._cosigner().cosign(note.text, seconds))
        # Before it is given away: a witness never forgets what it saw.
        if last is None and (left := self.last_head()) is not None:
            self._key.leave(epoch_of(left.origin))
        self._key.keep(str(made))
        return str(made)

    def _before(self, head: Head, *, new_log: bool) -> Head | None:
        """Return the head that has to be extended, if any."""
        base, last = self.log.name, self.last_head()
        known = last.origin if last is not None else base
        if head.origin == known:
            return last
        if not head.origin.startswith(f"{base}/"):
            raise WitnessRefusedError("unsigned")
        if epoch_of(head.origin) < epoch_of(known):
            raise WitnessRefusedError("fork")
        if not new_log:
            raise WitnessRefusedError("new-log")
        return None

    def _cosigner(self) -> CosignerKey:
        return CosignerKey(self._state("name"), self._key.private)

    def _state(self, name: str) -> str:
        try:
            return str(json.loads((self._folder / _STATE).read_bytes())[name])
        except FileNotFoundError as error:
            raise MissingError(_STATE) from error
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedError(_STATE) from error


def _check_extends(last: Head | None, asked: Submission, head: Head) -> None:
    size, root = (0, EMPTY) if last is None else (last.size, last.root)
    if head.size < size:
        raise WitnessRefusedError("fork")
    if asked.old != size:
        raise WitnessRefusedError("size")
    try:
        check_consistency(size, head.size, root, head.root, asked.proof)
    except BadProofError as error:
        raise WitnessRefusedError("fork") from error
