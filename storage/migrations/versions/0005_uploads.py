"""Files sent to the bot by operators."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
    )
    op.create_index("uploads_of_chat", "uploads", ["chat_id", "created_at"])
    todo = sa.text("state IN ('sent', 'confirmed')")
    op.create_index("uploads_to_do", "uploads", ["id"], sqlite_where=todo, postgresql_where=todo)


def downgrade() -> None:
    op.drop_table("uploads")
