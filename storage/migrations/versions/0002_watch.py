"""Watching: shops, scores, followers, notices, milestones, jobs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def partial(where: str, sqlite: str | None = None) -> dict[str, Any]:
    return {"sqlite_where": sa.text(sqlite or where), "postgresql_where": sa.text(where)}


def upgrade() -> None:
    shops_and_scores()
    followers()
    what_is_told()


def shops_and_scores() -> None:
    op.create_table(
        "shops",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("ref", sa.String(64), unique=True),
        sa.Column("owner_chat", sa.BigInteger),
        sa.Column("name", sa.Text),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("in_alliance", sa.Boolean),
        sa.Column("closures", sa.Integer),
        sa.Column("closures_day", sa.Integer),
        sa.Column("choices", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("shops_of_owner", "shops", ["owner_chat", "id"], **partial("owner_chat IS NOT NULL"))
    op.create_index("shops_closed_before", "shops", ["id"], **partial("closures > 0"))
    op.create_table(
        "scores",
        sa.Column("fact", sa.String(64), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True),
        sa.Column("shop_id", sa.BigInteger, primary_key=True),
        sa.Column("hundredths", sa.Integer, nullable=False),
        sa.Column("scale", sa.String(16), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "newest",
        sa.Column("shop_id", sa.BigInteger, primary_key=True),
        sa.Column("fact", sa.String(64), primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("hundredths", sa.Integer, nullable=False),
        sa.Column("highest", sa.Integer, nullable=False),
        sa.Column("scale", sa.String(16), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def followers() -> None:
    op.create_table(
        "follows",
        sa.Column("shop_id", sa.BigInteger, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, primary_key=True),
        sa.Column("is_on", sa.Boolean, nullable=False),
        sa.Column("frequency", sa.String(16), nullable=False),
        sa.Column("snoozed_until", sa.Integer),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("judged_day", sa.Integer),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("line", sa.String(64), nullable=False),
        sa.Column("told_on", sa.Integer),
        sa.Column("seen_level", sa.SmallInteger, nullable=False),
        sa.Column("seen_since", sa.Integer),
        sa.Column("is_far", sa.Boolean, nullable=False),
        sa.Column("has_left", sa.Boolean, nullable=False),
        sa.Column("is_swinging", sa.Boolean, nullable=False),
        sa.Column("closings", sa.Integer),
        sa.Column("is_closed", sa.Boolean, nullable=False),
        sa.Column("descent_fact", sa.String(64), nullable=False),
        sa.Column("descent_ends_at", sa.Integer),
        sa.Column("stale_told", sa.Boolean, nullable=False),
        sa.Column("is_awake", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("follows_of_chat", "follows", ["chat_id", "shop_id"])
    op.create_index("follows_awake", "follows", ["shop_id"], **partial("is_awake", "is_awake = 1"))
    op.create_table(
        "preferences",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("quiet_hours", sa.String(11)),
        sa.Column("digest_at", sa.String(5)),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "invites",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("shop_id", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_by", sa.BigInteger),
        sa.Column("used_at", sa.BigInteger),
    )


def what_is_told() -> None:
    op.create_table(
        "notices",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("is_urgent", sa.Boolean, nullable=False),
        sa.Column("is_late", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_of_chat", "notices", ["chat_id", "due_at"])
    op.create_table(
        "notice_items",
        sa.Column("notice_id", sa.BigInteger, primary_key=True),
        sa.Column("shop_id", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.String(128), primary_key=True),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("line", sa.String(64), nullable=False),
        sa.Column("fact", sa.String(64), nullable=False),
        sa.Column("hundredths", sa.Integer),
        sa.Column("score_day", sa.Integer),
        sa.Column("since", sa.Integer),
        sa.Column("closings", sa.Integer),
        sa.Column("in_alliance", sa.Boolean),
        sa.Column("happens_on", sa.Integer),
        sa.Column("span_days", sa.Integer),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "milestones",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("check_id", sa.BigInteger, nullable=False),
        sa.Column("on_day", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("happens_on", sa.Integer, nullable=False),
        sa.Column("criterion", sa.String(64), nullable=False),
        sa.Column("told_at", sa.BigInteger),
    )
    op.create_index("milestones_ahead", "milestones", ["on_day"], **partial("told_at IS NULL"))
    op.create_index("milestones_of_chat", "milestones", ["chat_id"])
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("last_day", sa.Integer),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_until", sa.BigInteger),
    )


def downgrade() -> None:
    names = ("jobs", "milestones", "notice_items", "notices", "invites", "preferences", "follows", "newest", "scores")
    for name in (*names, "shops"):
        op.drop_table(name)
