"""Facts of shops with day and source; "no score" as a state of its own; the edition behind what was told and chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("shop_id", sa.BigInteger, nullable=False),
        sa.Column("fact", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("told_at", sa.BigInteger, nullable=False),
    )
    op.create_index("facts_of_shop", "facts", ["shop_id", "fact", "id"])
    op.create_table(
        "new_closings",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("shop_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.add_column("follows", sa.Column("edition", sa.String(64), nullable=False, server_default=""))
    op.add_column("preferences", sa.Column("edition", sa.String(64)))
    op.add_column("notices", sa.Column("corrects", sa.BigInteger))
    op.add_column("notice_items", sa.Column("level_before", sa.SmallInteger))
    op.create_table(
        "swept",
        sa.Column("scale", sa.String(16), primary_key=True),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("before_ms", sa.BigInteger, nullable=False),
        sa.Column("checked_ms", sa.BigInteger, nullable=False),
    )
    op.add_column("checks", sa.Column("shop_id", sa.BigInteger, nullable=False, server_default="0"))
    _scores_may_be_none(is_none_allowed=True)


def downgrade() -> None:
    op.execute("DELETE FROM scores WHERE hundredths IS NULL")
    op.execute("DELETE FROM newest WHERE hundredths IS NULL")
    _scores_may_be_none(is_none_allowed=False)
    op.drop_table("swept")
    op.drop_column("notice_items", "level_before")
    op.drop_column("checks", "shop_id")
    op.drop_column("notices", "corrects")
    op.drop_column("preferences", "edition")
    op.drop_column("follows", "edition")
    op.drop_table("new_closings")
    op.drop_index("facts_of_shop", "facts")
    op.drop_table("facts")


def _scores_may_be_none(*, is_none_allowed: bool) -> None:
    """SQLite makes the two tables anew, without row ids as before."""
    for name, columns in (("scores", ("hundredths",)), ("newest", ("hundredths", "highest"))):
        with op.batch_alter_table(name, table_kwargs={"sqlite_with_rowid": False}) as table:
            for column in columns:
                table.alter_column(column, existing_type=sa.Integer(), nullable=is_none_allowed)
