"""Changes of the answering edition, and the chats concerned."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("before", sa.String(64)),
        sa.Column("after", sa.String(64), nullable=False),
        sa.Column("done_until", sa.BigInteger),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("evaluated_at", sa.BigInteger),
        sa.Column("confirmed_at", sa.BigInteger),
        sa.Column("announced_at", sa.BigInteger),
    )
    op.create_table(
        "reassessed",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("before", sa.String(64), primary_key=True),
        sa.Column("after", sa.String(64), primary_key=True),
        sa.Column("switch", sa.Integer, nullable=False),
        sa.Column("check_id", sa.BigInteger),
        sa.Column("told_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    untold = sa.text("told_at IS NULL")
    op.create_index(
        "rejudged_untold", "reassessed", ["after", "chat_id"], sqlite_where=untold, postgresql_where=untold
    )


def downgrade() -> None:
    op.drop_table("reassessed")
    op.drop_table("switches")
