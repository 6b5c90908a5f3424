"""The count of closings known before a message told of one more, so that a correction knows what stands."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice_items", sa.Column("closings_before", sa.Integer))


def downgrade() -> None:
    op.drop_column("notice_items", "closings_before")
