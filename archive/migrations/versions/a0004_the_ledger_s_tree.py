"""salted leaves, the ledger's tree, its signed heads and their witnesses.

Everything that hashes is written out here: it has to do in years what it does now.
"""

import hmac
import json
import secrets
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BATCH = 1000
_MOST_LOST = 1000
_ACT = sa.table(
    "act",
    sa.column("sequence", sa.Integer),
    sa.column("testimony_id", sa.String),
    sa.column("kind", sa.String),
    # As text: SQLite keeps it so, and one that is damaged must not stop the rest.
    sa.column("day", sa.String),
    sa.column("document", sa.String),
    sa.column("digest", sa.String),
    sa.column("salt", sa.String),
    sa.column("leaf", sa.String),
)
_NODE = sa.table(
    "tree_node",
    sa.column("level", sa.Integer),
    sa.column("position", sa.Integer),
    sa.column("hash", sa.LargeBinary),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("act", sa.Column("salt", sa.String(), nullable=True))
    op.add_column("act", sa.Column("leaf", sa.String(), nullable=True))
    op.create_table(
        "tree_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_tree_node")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", "size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "witness",
        sa.Column("verifier_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("verifier_key", name=op.f("pk_witness")),
    )
    _give_leaves()


def downgrade() -> None:
    """Undo; what was not damaged gets its unsalted digest back."""
    connection = op.get_bind()
    for row in _acts(connection):
        kept = row["digest"]
        if kept is not None and kept == _digest(row, row["salt"], row["leaf"]):
            _update(connection, row, {"digest": _digest(row)})
    for table in ("witness", "checkpoint", "tree_node"):
        op.drop_table(table)
    op.drop_column("act", "leaf")
    op.drop_column("act", "salt")


def _give_leaves() -> None:
    """Give every act there is a salt and a leaf, and make the tree of them."""
    connection = op.get_bind()
    before: dict[str, str] = {}
    tree = _Tree(connection)
    for row in _acts(connection):
        lost = row["sequence"] - tree.size
        if not 0 <= lost <= _MOST_LOST:
            # Rot made this number. The row stays, without a leaf, and is found.
            continue
        for _ in range(lost):
            tree.append(secrets.token_bytes(32))
        # What was erased before has a leaf that stands for nothing any more.
        forgotten = row["document"] == ""
        salt = "" if forgotten else secrets.token_hex(16)
        leaf = (
            secrets.token_bytes(32)
            if forgotten
            else _leaf(bytes.fromhex(salt), row, before.get(row["testimony_id"]))
        )
        tree.append(leaf)
        before[row["testimony_id"]] = leaf.hex()
        changes = {"salt": salt, "leaf": leaf.hex()}
        # Rot is never signed: what was damaged before is damaged after.
        if row["digest"] is not None and row["digest"] == _digest(row):
            changes["digest"] = _digest(row, salt, leaf.hex())
        _update(connection, row, changes)
    tree.keep()


def _acts(connection: sa.Connection) -> list[dict[str, object]]:
    columns = [each for each in _ACT.c if each.name != "day"]
    day = sa.cast(_ACT.c.day, sa.String).label("day")
    rows = connection.execute(sa.select(*columns, day).order_by(_ACT.c.sequence))
    return [dict(row) for row in rows.mappings()]


def _update(
    connection: sa.Connection, row: dict[str, object], changes: dict[str, object]
) -> None:
    chosen = _ACT.c.sequence == row["sequence"]
    connection.execute(sa.update(_ACT).where(chosen).values(changes))


def _digest(row: dict[str, object], *salted: object) -> str:
    names = ("sequence", "testimony_id", "kind", "day", "document")
    told = [*(row[name] for name in names), *salted]
    return sha256(json.dumps(told).encode()).hexdigest()


def _leaf(salt: bytes, row: dict[str, object], previous: str | None) -> bytes:
    told = {
        "sequence": row["sequence"],
        "testimony": row["testimony_id"],
        "kind": row["kind"],
        "day": row["day"],
        "document": row["document"],
        "previous": previous,
    }
    entry = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return sha256(b"\x00" + hmac.digest(salt, entry, "sha256")).digest()


class _Tree:
    """The complete subtrees on the right edge; all nodes go to the table."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._edge: dict[int, bytes] = {}
        self._new: list[dict[str, object]] = []
        self.size = 0

    def append(self, leaf: bytes) -> None:
        level, position, value = 0, self.size, leaf
        while True:
            left = self._edge.get(level, b"")
            self._add(level, position, value)
            if not position & 1:
                break
            value = sha256(b"\x01" + left + value).digest()
            level, position = level + 1, position >> 1
        self.size += 1

    def keep(self) -> None:
        if self._new:
            self._connection.execute(sa.insert(_NODE), self._new)
            self._new = []

    def _add(self, level: int, position: int, value: bytes) -> None:
        self._edge[level] = value
        self._new.append({"level": level, "position": position, "hash": value})
        if len(self._new) >= _BATCH:
            self.keep()
