"""The daily table of a chat's shops: the last day whose table was made, NULL for a chat without the wish."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("preferences", sa.Column("table_day", sa.Integer))
    its = sa.text("table_day IS NOT NULL")
    op.create_index("preferences_tables", "preferences", ["chat_id"], sqlite_where=its, postgresql_where=its)


def downgrade() -> None:
    op.drop_index("preferences_tables", "preferences")
    op.drop_column("preferences", "table_day")
