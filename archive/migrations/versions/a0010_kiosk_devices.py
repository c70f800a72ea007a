"""tablets that were enrolled to deposit."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "kiosk_device",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=True),
        sa.Column("code_until", sa.BigInteger(), nullable=True),
        sa.Column("token_digest", sa.String(), nullable=True),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("waiting_bytes", sa.BigInteger(), nullable=True),
        sa.Column("oldest_days", sa.Integer(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("row_digest", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_kiosk_device")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_kiosk_device_code_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_kiosk_device_token_digest")),
    )


def downgrade() -> None:
    """Undo. Every tablet has to be enrolled again."""
    op.drop_table("kiosk_device")
