"""The bot to which the database belongs; when a message was first called, and how often it was refused."""

import json

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
    _forget_what_was_heard()
    op.drop_column("outbox", "refusals")
    op.drop_column("outbox", "called_at")
    op.drop_table("bots")


def _forget_what_was_heard() -> None:
    """Leave out of each conversation what older code refuses to read."""
    conn = op.get_bind()
    dialogues = sa.table("dialogues", sa.column("chat_id", sa.BigInteger), sa.column("body", sa.Text))
    heard = sa.select(dialogues.c.chat_id, dialogues.c.body).where(dialogues.c.body.contains('"heard"'))
    for chat_id, body in conn.execute(heard).all():
        kept = {name: value for name, value in json.loads(body).items() if name != "heard"}
        conn.execute(sa.update(dialogues).where(dialogues.c.chat_id == chat_id).values(body=json.dumps(kept)))
