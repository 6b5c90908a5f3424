"""The operators' day: invitations taken back, shops registered by an upload, the list of shops at risk, one shop's followers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "preferences": (sa.Column("risk_day", sa.Integer),),
    "invites": (sa.Column("made_at", sa.BigInteger), sa.Column("revoked_at", sa.BigInteger)),
    "uploads": (sa.Column("registers", sa.Boolean, nullable=False, server_default=sa.false()),),
    "unanswered": (sa.Column("got", sa.String(24)),),
    "announcements": (sa.Column("of_shop", sa.BigInteger),),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    its = sa.text("risk_day IS NOT NULL")
    op.create_index("preferences_risks", "preferences", ["chat_id"], sqlite_where=its, postgresql_where=its)
    _number_shops_once()


def downgrade() -> None:
    op.drop_index("preferences_risks", "preferences")
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column.name)


def _number_shops_once() -> None:
    """SQLite gives the number of a removed shop to no other one, as PostgreSQL does; older code does not mind."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("shops", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
