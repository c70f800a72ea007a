"""digests of rows, and counts of what belongs to a testimony."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CHECKED = ("narrator", "testimony", "sealed_object")


def upgrade() -> None:
    """Apply."""
    for table in _CHECKED:
        op.add_column(table, sa.Column("row_digest", sa.String(), nullable=True))
    for count in ("acts", "parts"):
        op.add_column("testimony", sa.Column(count, sa.Integer(), nullable=True))


def downgrade() -> None:
    """Undo."""
    for count in ("parts", "acts"):
        op.drop_column("testimony", count)
    for table in reversed(_CHECKED):
        op.drop_column(table, "row_digest")
