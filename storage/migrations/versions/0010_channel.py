"""The network of a message; existing messages go by Telegram."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("channel", sa.String(16), nullable=False, server_default="telegram"))


def downgrade() -> None:
    # Not as a batch: that makes SQLite's table anew, and numbers of messages that are gone would be given again.
    op.drop_column("outbox", "channel")
