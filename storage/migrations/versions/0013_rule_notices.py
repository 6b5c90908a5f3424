"""Notices about the rules, the list they are read from, and what operators are reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_notices",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.BigInteger),
    )
    op.create_table(
        "rule_lists",
        sa.Column("place", sa.String(500), primary_key=True),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.BigInteger),
    )
    op.create_table(
        "reminders",
        sa.Column("about", sa.String(600), primary_key=True),
        sa.Column("told_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for name in ("reminders", "rule_lists", "rule_notices"):
        op.drop_table(name)
