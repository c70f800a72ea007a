"""several narrators can be found in one place; the code tells which is its holder's."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("narrator") as table:
        table.drop_constraint(op.f("uq_narrator_locator"), type_="unique")
        table.create_index(op.f("ix_narrator_locator"), ["locator"])


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("narrator") as table:
        table.drop_index(op.f("ix_narrator_locator"))
        table.create_unique_constraint(op.f("uq_narrator_locator"), ["locator"])
