"""what keys are sealed to, and digests against rot."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("narrator", sa.Column("recipient", sa.String(), nullable=True))
    op.add_column("act", sa.Column("digest", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("act", "digest")
    op.drop_column("narrator", "recipient")
