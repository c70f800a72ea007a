"""every claim code has a note that only it opens, or chance in its place."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NOTE = 60


def upgrade() -> None:
    """Apply."""
    table = op.create_table(
        "claim_note",
        sa.Column("narrator_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["narrator_id"],
            ["narrator.narrator_id"],
            name=op.f("fk_claim_note_narrator_id_narrator"),
        ),
        sa.PrimaryKeyConstraint("narrator_id", name=op.f("pk_claim_note")),
    )
    narrators = op.get_bind().execute(sa.text("SELECT narrator_id FROM narrator"))
    rows = [
        {"narrator_id": narrator_id, "note": secrets.token_hex(_NOTE)}
        for (narrator_id,) in narrators
    ]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    """Undo. Duress codes open their quiet story still, but freeze nothing."""
    op.drop_table("claim_note")
