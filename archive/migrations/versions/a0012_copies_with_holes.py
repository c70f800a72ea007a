"""copies without what is withheld: their holes and cuts, and which are to be made."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("sealed_object") as table:
        table.add_column(sa.Column("holes", sa.String(), nullable=True))
        table.add_column(sa.Column("cuts", sa.String(), nullable=True))
    op.create_table(
        "copy_job",
        sa.Column("testimony_id", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("holes", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("drafted_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["testimony_id"],
            ["testimony.testimony_id"],
            name=op.f("fk_copy_job_testimony_id_testimony"),
        ),
        sa.PrimaryKeyConstraint(
            "testimony_id", "part", "digest", name=op.f("pk_copy_job")
        ),
    )


def downgrade() -> None:
    """Undo, where no copy with holes is kept: an older row could not name it."""
    kept = sa.text("SELECT count(*) FROM sealed_object WHERE holes IS NOT NULL")
    if op.get_bind().scalar(kept):
        raise RuntimeError("There are copies with holes: erase them first.")
    op.drop_table("copy_job")
    with op.batch_alter_table("sealed_object") as table:
        table.drop_column("cuts")
        table.drop_column("holes")
