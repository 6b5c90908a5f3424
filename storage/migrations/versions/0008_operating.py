"""Announcements, marks of copied databases, and indexes for operators' overviews."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _partial(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("operator", sa.BigInteger),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("look_at", sa.BigInteger, nullable=False),
        sa.Column("shown_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    _partial("announcements_under_way", "announcements", "look_at", "state IN ('sending', 'stopping')")
    op.create_table(
        "announcement_chats",
        sa.Column("announcement_id", sa.BigInteger, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("number", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("announcement_chats_by_state", "announcement_chats", ["announcement_id", "state", "chat_id"])
    op.create_table(
        "copies",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("copied_at", sa.BigInteger),
        sa.Column("begun_at", sa.BigInteger),
    )
    op.create_index("notices_of_day", "notices", ["day"])
    _partial("inbox_dead", "inbox", "id", "state = 'dead'")
    _partial("outbox_dead", "outbox", "id", "state = 'dead'")


def downgrade() -> None:
    op.drop_index("outbox_dead", "outbox")
    op.drop_index("inbox_dead", "inbox")
    op.drop_index("notices_of_day", "notices")
    op.drop_table("copies")
    op.drop_table("announcement_chats")
    op.drop_table("announcements")
