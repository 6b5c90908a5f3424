"""Tables of watching scores and warning.

follows  followers of shops, and the state told (`rules.watch_state.WatchState`, none at first)
preferences  a chat's hours and edition; no row: as the operator's settings say. `table_day`: the last day whose table
    of the chat's shops was made, NULL for a chat that wishes none; `risk_day`: likewise of an operator's list of the
    shops at risk
notices  a chat's warnings for one message; `notice_items` has the facts, words are made on sending; `corrects`: the
    notice sent before that this one takes back
milestones  days ahead of kept checks
swept  by scale of scores: the edition of the newest daily check, `before_ms`: the last check by another (0: none)
jobs  daily jobs of all processes together
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table, false

from storage.schema.base import Day, Id, metadata, partial


def _state(name: str, kind: Any, **more: Any) -> Column[Any]:
    """A column of WATCH_STATE."""
    return Column(name, kind, info={"is_state": True}, **more)


follows = Table(
    "follows",
    metadata,
    Column("shop_id", BigInteger, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("frequency", String(16), nullable=False),
    Column("snoozed_until", Day),
    Column("created_at", BigInteger, nullable=False),
    _state("judged_day", Day),
    _state("level", SmallInteger, nullable=False),
    _state("line", String(64), nullable=False),
    _state("told_on", Day),
    _state("seen_level", SmallInteger, nullable=False),
    _state("seen_since", Day),
    _state("is_far", Boolean, nullable=False),
    _state("has_left", Boolean, nullable=False),
    _state("is_swinging", Boolean, nullable=False),
    _state("closings", Integer, key="closures"),
    _state("is_closed", Boolean, nullable=False),
    _state("descent_fact", String(64), nullable=False),
    _state("descent_ends_at", Integer),
    _state("stale_told", Boolean, nullable=False),
    _state("edition", String(64), nullable=False, server_default=""),
    _state("fell_on", Day),
    _state("is_mended", Boolean, nullable=False, server_default=false()),
    _state("is_awake", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
WATCH_STATE: Final = tuple(column for column in follows.c if column.info.get("is_state"))
"""A column for each field of `rules.watch_state.WatchState`, with the field's name as `key`, and `is_awake`."""

Index("follows_of_chat", follows.c.chat_id, follows.c.shop_id)
partial("follows_awake", follows.c.shop_id, where="is_awake")

preferences = Table(
    "preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("quiet_hours", String(11)),
    Column("digest_at", String(5)),
    Column("edition", String(64)),
    Column("table_day", Day),
    Column("risk_day", Day),
    Column("updated_at", BigInteger, nullable=False),
)
partial("preferences_tables", preferences.c.chat_id, where="table_day IS NOT NULL")
partial("preferences_risks", preferences.c.chat_id, where="risk_day IS NOT NULL")

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("day", Day, nullable=False),
    Column("edition", String(64), nullable=False),
    Column("is_urgent", Boolean, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("corrects", BigInteger),
    sqlite_autoincrement=True,
)
Index("notices_of_chat", notices.c.chat_id, notices.c.due_at)
Index("notices_of_day", notices.c.day)

notice_items = Table(
    "notice_items",
    metadata,
    Column("notice_id", BigInteger, primary_key=True),
    Column("shop_id", BigInteger, primary_key=True),
    Column("subject", String(128), primary_key=True),
    Column("reason", String(24), nullable=False),
    Column("line", String(64), nullable=False),
    Column("fact", String(64), nullable=False),
    Column("hundredths", Integer),
    Column("score_day", Day),
    Column("since", Day),
    Column("closings", Integer, key="closures"),
    Column("in_alliance", Boolean),
    Column("happens_on", Day),
    Column("span_days", Integer),
    Column("level_before", SmallInteger),
    Column("closings_before", Integer, key="closures_before"),
    sqlite_with_rowid=False,
)

milestones = Table(
    "milestones",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("check_id", BigInteger, nullable=False),
    Column("on_day", Day, nullable=False),
    Column("reason", String(24), nullable=False),
    Column("happens_on", Day, nullable=False),
    Column("criterion", String(64), nullable=False),
    Column("told_at", BigInteger),
)
partial("milestones_ahead", milestones.c.on_day, where="told_at IS NULL")
Index("milestones_of_chat", milestones.c.chat_id)

swept = Table(
    "swept",
    metadata,
    Column("scale", String(16), primary_key=True),
    Column("edition", String(64), nullable=False),
    Column("before_ms", BigInteger, nullable=False),
    Column("checked_ms", BigInteger, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("last_day", Day),
    Column("done_at", BigInteger),
    Column("owner", String(64)),
    Column("lease_until", BigInteger),
)
