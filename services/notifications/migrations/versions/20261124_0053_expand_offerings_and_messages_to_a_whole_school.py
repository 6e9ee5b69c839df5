"""Expand offerings and messages to a whole school.

Revision: 20261124_0053
Follows: 20261123_2205
"""

import sqlalchemy as sa
from alembic import op

from services.kernel.database.security import secure_school_tables

revision = "20261124_0053"
down_revision = "20261123_2205"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offering",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "offering_id", name=op.f("pk_offering")),
    )
    secure_school_tables(op, ["offering"])
    op.alter_column("message", "child_id", existing_type=sa.Uuid(), nullable=True)
    # What was copied before knows no offerings: the next pull begins at the beginning.
    op.execute("UPDATE school SET roster_version = 0")


def downgrade() -> None:
    op.execute(
        "DELETE FROM attempt a USING message m"
        " WHERE m.school_id = a.school_id AND m.message_id = a.message_id AND m.child_id IS NULL"
    )
    op.execute("DELETE FROM message WHERE child_id IS NULL")
    op.alter_column("message", "child_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("offering")
