"""Expand the agreement of a child.

Revision: 20261124_0107
Follows: 20261123_2154
"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_0107"
down_revision = "20261123_2154"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("child", sa.Column("agreed_number", sa.Integer(), nullable=True))
    op.add_column("school", sa.Column("agreement_number", sa.Integer(), nullable=True))
    # What was copied before says nothing of it: the next pull begins at the beginning.
    op.execute("UPDATE school SET roster_version = 0")


def downgrade() -> None:
    op.drop_column("school", "agreement_number")
    op.drop_column("child", "agreed_number")
