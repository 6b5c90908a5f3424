"""The bot to which the database belongs; when a message was first called, and how often it was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bots",
        sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    op.add_column("outbox", sa.Column("called_at", sa.BigInteger))
    op.add_column("outbox", sa.Column("refusals", sa.SmallInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("outbox", "refusals")
    op.drop_column("outbox", "called_at")
    op.drop_table("bots")
