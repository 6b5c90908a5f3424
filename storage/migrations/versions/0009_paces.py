"""The sending pace of all processes together."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paces",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO paces (chat_id, next_at) VALUES (0, 0)")


def downgrade() -> None:
    op.drop_table("paces")
