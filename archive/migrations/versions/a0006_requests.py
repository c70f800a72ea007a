"""what a request asks for; its answers are in the ledger alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("request", sa.Column("asked_level", sa.String(), nullable=True))
    op.add_column("request", sa.Column("asked_days", sa.Integer(), nullable=True))
    op.add_column("request", sa.Column("reason", sa.String(), nullable=True))
    for answered in ("state", "level", "until"):
        op.drop_column("request", answered)


def downgrade() -> None:
    """Undo. Every request waits again: how it was answered, the ledger says."""
    state = sa.Column("state", sa.String(), nullable=False, server_default="waiting")
    op.add_column("request", state)
    op.add_column("request", sa.Column("level", sa.String(), nullable=True))
    op.add_column("request", sa.Column("until", sa.Date(), nullable=True))
    for asked in ("reason", "asked_days", "asked_level"):
        op.drop_column("request", asked)
