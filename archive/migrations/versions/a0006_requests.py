"""what a request asks for; its answers are in the ledger alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = (
    sa.Column("asked_level", sa.String(), nullable=True),
    sa.Column("asked_days", sa.Integer(), nullable=True),
    sa.Column("reason", sa.String(), nullable=True),
)
_OLD = (
    sa.Column("state", sa.String(), nullable=False, server_default="waiting"),
    sa.Column("level", sa.String(), nullable=True),
    sa.Column("until", sa.Date(), nullable=True),
)


def upgrade() -> None:
    """Apply."""
    for column in _NEW:
        op.add_column("request", column.copy())
    for column in _OLD:
        op.drop_column("request", column.name)


def downgrade() -> None:
    """Undo."""
    for column in _OLD:
        op.add_column("request", column.copy())
    for column in reversed(_NEW):
        op.drop_column("request", column.name)
