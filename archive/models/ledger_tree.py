"""The tree over the ledger's leaves, its signed heads, and who witnesses them."""

from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class TreeNode(Base):
    """A complete subtree: the leaves from `position << level` on, `1 << level` of them.

    Level 0 holds the leaves, so that an act which is gone is missed.
    """

    __tablename__ = "tree_node"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class CheckpointRow(Base):
    """A head of the tree as it was signed; cosignatures are added to its note.

    A log that was begun anew after a restore is another `epoch`.
    """

    __tablename__ = "checkpoint"
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str]


class WitnessRow(Base):
    """A witness whose cosignature was brought here once, by its C2SP verifier key."""

    __tablename__ = "witness"
    verifier_key: Mapped[str] = mapped_column(primary_key=True)
