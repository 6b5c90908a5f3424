"""That a follower said that the cause of a fall is mended, and the day of the news of the fall."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follows", sa.Column("fell_on", sa.Integer))
    op.add_column("follows", sa.Column("is_mended", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("follows", "is_mended")
    op.drop_column("follows", "fell_on")
