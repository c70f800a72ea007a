"""how fast a recording is heard, and which passage is to be heard again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("transcription_job") as table:
        for name in ("speed", "again_start", "again_end"):
            table.add_column(sa.Column(name, sa.Float(), nullable=True))
        table.add_column(sa.Column("again_language", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("transcription_job") as table:
        for name in ("speed", "again_start", "again_end", "again_language"):
            table.drop_column(name)
