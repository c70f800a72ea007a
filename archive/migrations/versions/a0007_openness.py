"""whom each testimony may be open to; filled by whoever opens the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "openness",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("testimony_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "testimony_id", name=op.f("pk_openness")),
    )
    op.create_index(op.f("ix_openness_testimony_id"), "openness", ["testimony_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("openness")
