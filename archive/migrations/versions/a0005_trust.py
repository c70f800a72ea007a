"""several narrators, delegates and circles."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "involvement",
        sa.Column("testimony_id", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["testimony_id"],
            ["testimony.testimony_id"],
            name="fk_involvement_testimony_id_testimony",
        ),
        sa.PrimaryKeyConstraint("testimony_id", "holder", name="pk_involvement"),
    )
    op.create_index("ix_involvement_holder", "involvement", ["holder"])
    op.create_table(
        "circle",
        sa.Column("circle_id", sa.String(), nullable=False),
        sa.Column("narrator_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["narrator_id"],
            ["narrator.narrator_id"],
            name="fk_circle_narrator_id_narrator",
        ),
        sa.PrimaryKeyConstraint("circle_id", name="pk_circle"),
    )
    op.create_index("ix_circle_narrator_id", "circle", ["narrator_id"])
    op.create_table(
        "circle_member",
        sa.Column("circle_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("attested_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["circle_id"],
            ["circle.circle_id"],
            name="fk_circle_member_circle_id_circle",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.person_id"],
            name="fk_circle_member_person_id_person",
        ),
        sa.PrimaryKeyConstraint("circle_id", "person_id", name="pk_circle_member"),
    )
    op.create_index("ix_circle_member_person_id", "circle_member", ["person_id"])


def downgrade() -> None:
    """Undo."""
    for table in ("circle_member", "circle", "involvement"):
        op.drop_table(table)
