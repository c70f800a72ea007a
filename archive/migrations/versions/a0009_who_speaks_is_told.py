"""how it stands with telling who speaks, once all words of a story are heard."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("transcription_job") as table:
        table.add_column(sa.Column("speakers", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("transcription_job") as table:
        table.drop_column("speakers")
