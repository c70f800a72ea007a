"""Signed heads of the ledger, held against its tree: its own, and what others kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.access import DamagedLedgerError
from archive.heads import epoch_of, origin_of, verifiers
from archive.installation import Installation
from storage.checkpoints import Head, head_of, opened, unopened
from storage.cosignatures import cosigned_at
from storage.errors import StorageError
from storage.merkle import MissingNodeError, Node, root
from storage.signed_notes import Note, UnsignedError, VerifierKey


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as it was written or signed; `kind` is a code."""

    kind: str
    found: str
    sequence: int | None = None
    testimony_id: str | None = None


@dataclass(frozen=True)
class Seen:
    """A head that someone else kept; `log` is the key by which they know the ledger."""

    checkpoint: str
    log: VerifierKey | None = None


class SignedHeads:
    """Checks heads against the tree, which is given by its nodes."""

    def __init__(
        self,
        installation: Installation,
        nodes: Mapping[Node, bytes],
        size: int,
        notes: Mapping[tuple[int, int], str],
    ) -> None:
        self._installation = installation
        self._nodes, self._size, self._notes = nodes, size, notes
        self._kept = installation.keys.ledger.last()
        self._epoch = max((epoch for epoch, _ in notes), default=1)
        if self._kept is not None:
            self._epoch = max(self._epoch, _epoch_in(self._kept))

    @property
    def signed(self) -> int:
        """Return how many acts are under a head of the present log."""
        return max((size for at, size in self._notes if at == self._epoch), default=0)

    def differences(
        self, witnesses: Sequence[str], seen: Sequence[Seen]
    ) -> Iterator[Difference]:
        """Find heads that nobody signed, and heads that the tree does not extend."""
        try:
            keys = verifiers(
                self._installation, {1, self._epoch, *(at for at, _ in self._notes)}
            )
        except StorageError:
            keys = []
            if self._notes:
                yield _head("no-key", "the ledger's public key is not here")
        cosigners = [VerifierKey.parse(each) for each in witnesses]
        for (epoch, size), note in sorted(self._notes.items()):
            told = f"the signed head over the first {size} acts"
            found = self._wrong(note, keys)
            if found is None and _names(note) != (
                origin_of(self._installation, epoch),
                size,
            ):
                found = "is of another log or another size"
            if found is None and not _cosigned(note, cosigners):
                found = "has a cosignature that its witness did not make"
            if found:
                yield _head("head", f"{told} {found}")
        if self._kept is not None and (found := self._wrong(self._kept, keys)):
            yield _head("rolled-back", f"the last head that was signed {found}")
        for each in seen:
            yield from self._witnessed(each, keys)

    def _witnessed(
        self, seen: Seen, keys: Sequence[VerifierKey]
    ) -> Iterator[Difference]:
        try:
            head = unopened(seen.checkpoint)
            log = seen.log
            if log is not None and keys and log.public != keys[0].public:
                yield _head("key", "the witness knows the ledger by another key")
                return
            known = [VerifierKey(head.origin, log.public)] if log else list(keys)
            found = self._wrong(seen.checkpoint, known)
        except StorageError:
            found = "cannot be read"
        else:
            if found is None and _epoch_in(seen.checkpoint) < self._epoch:
                found = "is of a log before this one: has its keeper accepted the new?"
        if found:
            yield _head("witness", f"the last head that the witness saw {found}")

    def _wrong(self, note: str, keys: Sequence[VerifierKey]) -> str | None:
        """Say what is wrong with a head; `None` where the tree extends it."""
        try:
            head = opened(note, keys) if keys else unopened(note)
        except UnsignedError:
            return "was not signed by the ledger's key"
        except StorageError:
            return "is damaged"
        if head.size > self._size:
            return (
                f"has {head.size} acts, and here are {self._size}: the ledger was "
                "rolled back"
            )
        try:
            same = self._root(head) == head.root
        except MissingNodeError:
            return "cannot be held against the tree, of which nodes are missing"
        return None if same else "is not of this tree: the ledger was changed or forked"

    def _root(self, head: Head) -> bytes:
        return root(
            head.size,
            lambda nodes: {n: self._nodes[n] for n in nodes if n in self._nodes},
        )


def _head(kind: str, found: str) -> Difference:
    return Difference(kind=kind, found=found)


def _names(note: str) -> tuple[str, int]:
    head = head_of(Note.parse(note))
    return head.origin, head.size


def _epoch_in(note: str) -> int:
    try:
        return epoch_of(note.partition("\n")[0])
    except DamagedLedgerError:
        return 1


def _cosigned(note: str, cosigners: Sequence[VerifierKey]) -> bool:
    """Say whether every cosignature in a known witness's name is its own."""
    try:
        for each in cosigners:
            cosigned_at(Note.parse(note), each)
    except UnsignedError:
        return False
    return True
