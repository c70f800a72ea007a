"""Whether the ledger is what was written and signed, found without any secret key.

Every leaf is computed anew from its act, the tree from its leaves, and every signed
head is held against the tree. What an erasure emptied cannot be computed: there its
leaf is held against the tree alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database import Database
from archive.installation import Installation
from archive.leaves import leaf_of_row
from archive.models.act import ActRow
from archive.models.ledger_tree import CheckpointRow, TreeNode, WitnessRow
from archive.models.testimony import Testimony
from archive.signed_heads import Difference, Seen, SignedHeads
from archive.soundness import act_sound
from storage.merkle import Node, node_hash

_ERASED = "erased"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found; of `acts`, the first `signed` are under a signed head."""

    acts: int
    signed: int
    differences: tuple[Difference, ...]


def verify(
    installation: Installation, database: Database, seen: Sequence[Seen] = ()
) -> Verified:
    """Check the whole ledger; `seen` is what others kept of its heads."""
    with database.snapshot() as connection, Session(connection) as session:
        rows = list(session.scalars(select(ActRow).order_by(ActRow.sequence)))
        kept = select(TreeNode.level, TreeNode.position, TreeNode.hash)
        stored = {(at, n): value for at, n, value in session.execute(kept)}
        counts = select(Testimony.testimony_id, Testimony.acts)
        counted = dict(session.execute(counts).tuples().all())
        told = select(CheckpointRow.epoch, CheckpointRow.size, CheckpointRow.note)
        notes = {(epoch, size): note for epoch, size, note in session.execute(told)}
        witnesses = list(session.scalars(select(WitnessRow.verifier_key)))
    leaves = {n: value for (level, n), value in stored.items() if level == 0}
    acts = _Acts(rows, leaves)
    differences = [*acts.differences(), *_counts(rows, counted)]
    nodes = _tree(acts.leaves)
    differences += _nodes(stored, nodes)
    heads = SignedHeads(installation, nodes, acts.size, notes)
    differences += heads.differences(witnesses, seen)
    return Verified(acts=len(rows), signed=heads.signed, differences=tuple(differences))


class _Acts:
    """The acts held against their leaves; afterwards `leaves` are the best known."""

    def __init__(self, rows: Sequence[ActRow], leaves: Mapping[int, bytes]) -> None:
        self._rows = {row.sequence: row for row in rows}
        self._erased = {row.testimony_id for row in rows if row.kind == _ERASED}
        self._kept = leaves
        self._last: dict[str, str | None] = {}
        self._lost: dict[int, str | None] = {}
        self.leaves = dict(leaves)
        self.size = max(leaves, default=-1) + 1

    def differences(self) -> Iterator[Difference]:
        """Find acts that were edited, moved, put in, taken out or emptied."""
        for sequence in sorted({*range(self.size), *self._rows}):
            row = self._rows.get(sequence)
            if row is None:
                self._lost[sequence] = None
                continue
            found = self._difference(row)
            if found is not None:
                kind, sentence = found
                yield Difference(
                    kind=kind,
                    found=f"act {sequence} of {row.testimony_id} {sentence}",
                    sequence=sequence,
                    testimony_id=row.testimony_id,
                )
            self._last[row.testimony_id] = row.leaf
        for sequence, testimony_id in self._lost.items():
            yield Difference(
                kind="lost",
                found=f"act {sequence} of {testimony_id or 'a story'} was taken out",
                sequence=sequence,
                testimony_id=testimony_id,
            )

    def _difference(self, row: ActRow) -> tuple[str, str] | None:
        leaf, in_tree = row.leaf, self._kept.get(row.sequence)
        if not row.salt:
            if row.testimony_id not in self._erased:
                return "emptied", "was emptied, and nobody erased it"
            if row.document:
                return "edited", "was filled in again after it was erased"
        elif not self._computes(row):
            return "edited", "was edited or moved"
        elif leaf is not None:
            self.leaves[row.sequence] = bytes.fromhex(leaf)
        if in_tree is None:
            return "inserted", "has no leaf in the tree: it was put in afterwards"
        if leaf != in_tree.hex():
            return "replaced", "is not the one whose leaf is in the tree"
        if not act_sound(row):
            return "row", "is not as it was written in the table"
        return None

    def _computes(self, row: ActRow) -> bool:
        """Say whether an act makes its leaf, after the one before it or a lost one."""
        if leaf_of_row(row, self._last.get(row.testimony_id)) == row.leaf:
            return True
        for sequence, owner in self._lost.items():
            lost = self._kept.get(sequence)
            if owner or lost is None:
                continue
            if leaf_of_row(row, lost.hex()) == row.leaf:
                # It names the lost one as its testimony's act before it.
                self._lost[sequence] = row.testimony_id
                return True
        return False


def _tree(leaves: Mapping[int, bytes]) -> dict[Node, bytes]:
    """Return every complete subtree over leaves that are there."""
    nodes: dict[Node, bytes] = {}
    level, values = 0, dict(leaves)
    while values:
        nodes |= {(level, position): value for position, value in values.items()}
        values = {
            position >> 1: node_hash(values[position - 1], value)
            for position, value in values.items()
            if position & 1 and position - 1 in values
        }
        level += 1
    return nodes


def _nodes(
    stored: Mapping[Node, bytes], made: Mapping[Node, bytes]
) -> Iterator[Difference]:
    """Find nodes of the tree that are not what the leaves below them make."""
    wrong = sorted(
        node
        for node in {*stored, *made}
        if node[0] > 0 and stored.get(node) != made.get(node)
    )
    for level, position in wrong[:_SHOWN]:
        start = position << level
        yield Difference(
            kind="tree",
            found=f"the tree over acts {start} to {start + (1 << level) - 1} is not "
            "what their leaves make",
            sequence=start,
        )
    if len(wrong) > _SHOWN:
        yield Difference(kind="tree", found=f"so are {len(wrong) - _SHOWN} more nodes")


def _counts(
    rows: Sequence[ActRow], counted: Mapping[str, int | None]
) -> Iterator[Difference]:
    """Find testimonies that have more or fewer acts than they were given."""
    present = Counter(row.testimony_id for row in rows)
    for testimony_id, acts in counted.items():
        if acts is not None and acts != present[testimony_id]:
            yield Difference(
                kind="count",
                found=f"{testimony_id} was given {acts} acts and has "
                f"{present[testimony_id]}",
                testimony_id=testimony_id,
            )
