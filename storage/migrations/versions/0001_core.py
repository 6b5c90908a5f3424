"""The durable core: inbox, outbox, chats, dialogues, checks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def partial(where: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("key", sa.BigInteger, nullable=False, unique=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("inbox_waiting", "inbox", ["chat_id", "id"], **partial("state = 'waiting'"))
    op.create_index("inbox_order", "inbox", ["id"], **partial("state = 'waiting'"))
    op.create_table(
        "outbox",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("lane", sa.SmallInteger, nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("numbered", sa.Boolean, nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("edits", sa.String(64)),
        sa.Column("in_order", sa.Boolean, nullable=False),
        sa.Column("notice_id", sa.BigInteger),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("unsure", sa.Boolean, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_due", "outbox", ["lane", "due_at", "id"], **partial("state = 'waiting'"))
    op.create_index("outbox_open", "outbox", ["chat_id"], **partial("state IN ('waiting', 'sending')"))
    op.create_index("outbox_leased", "outbox", ["lease_until"], **partial("state = 'sending'"))
    op.create_index("outbox_key", "outbox", ["chat_id", "key"], **partial("key IS NOT NULL"))
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("moved_to", sa.BigInteger),
        sa.Column("paused_until", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "dialogues",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "checks",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("on_day", sa.String(10), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("checks_of_chat", "checks", ["chat_id", "id"])


def downgrade() -> None:
    for name in ("checks", "dialogues", "chats", "outbox", "inbox"):
        op.drop_table(name)
