"""The ledger's Merkle tree in its table; knows leaves, and nothing of acts."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session

from archive.models.ledger_tree import TreeNode
from storage.merkle import Fetch, Node, completed


def fetch_from(session: Session) -> Fetch:
    """Return what gives nodes out of the table, all that are asked for at once."""

    def fetch(nodes: Collection[Node]) -> Mapping[Node, bytes]:
        rows = session.execute(
            select(TreeNode.level, TreeNode.position, TreeNode.hash).where(
                tuple_(TreeNode.level, TreeNode.position).in_(nodes)
            )
        )
        return {(level, position): value for level, position, value in rows}

    return fetch


def size_of(session: Session) -> int:
    """Return how many leaves the tree has."""
    last = session.scalar(
        select(func.max(TreeNode.position)).where(TreeNode.level == 0)
    )
    return 0 if last is None else last + 1


def add_leaf(session: Session, index: int, leaf: str) -> None:
    """Add the leaf (in hex) that comes next.

    Where a node is missing the tree stays broken above it, which a check finds and
    nobody signs; the act stands, since closing must not fail for want of a proof.
    """
    nodes = completed(index, bytes.fromhex(leaf), fetch_from(session))
    session.execute(
        insert(TreeNode),
        [
            {"level": level, "position": position, "hash": value}
            for (level, position), value in nodes.items()
        ],
    )
