"""The tables. Instants are epoch milliseconds, UTC; JSON is text; nothing here is of one database engine alone.

inbox      what arrived; `key` is Telegram's update id, or a negative number drawn from the bytes of one without
outbox     what is to be sent, one row a call of the network that `channel` names; a row in `sending` is leased to a
           process until `lease_until`; whoever finds the lease over may lease the row, and it is then `unsure` (maybe
           delivered)
chats      only those that need a word: blocked, moved, or paused
dialogues  one conversation a chat, guarded by `version`
checks     finished eligibility checks
unanswered questions that were not understood, masked

shops        an operator's (`ref`) or a merchant's own (`owner_chat`; without a name: the first one)
scores       one row a shop, fact and day, in whole hundredths of a point, by day first: a day's file is appended
newest       the newest of these a shop and fact, and the highest ever: what the daily check looks through
follows      who hears of which shop, and what they were told (`rules.watch_state.WatchState`, none at first)
preferences  when a chat wants to hear; no row: as the operator's settings say
invites      one-time links
notices      what a chat is to hear in one message; `notice_items` has the facts, the words are made when it is sent
milestones   days ahead that a kept check knows of
jobs         what runs once a day over all processes

switches  one row a change of the edition that answers: how far kept checks are evaluated anew, whether to tell
reassessed  the chats for which it changes something, by the edition that each knows and the new one; when it was told

nonces   of ingest calls, until nobody could send them again
ingests  idempotency keys of ingest calls, with the hash of the body and the answer
uploads  files that operators sent to the bot: `sent`, `shown` (with what is in it), `confirmed`, `over`

consents  chats that agreed to what is kept of them: to which version of the text, and when
audit     what operators did; `operator` is their chat, none for the command line

announcements       what operators say to many; `announcement_chats`: to whom, once each (see `storage.announcements`)
paces               from which instant on a chat, or all together, may be sent the next message (see `storage.paces`)
copies              a copied database; `begun_at`: the first start of the bot on it (see `storage.database.copies`)
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()


class Day(TypeDecorator[date]):
    """A day of the merchant's zone, kept as its number (`date.toordinal`): half as long as text, and SQL can add."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> int | None:  # noqa: ARG002
        return None if value is None else value.toordinal()

    def process_result_value(self, value: int | None, dialect: Any) -> date | None:  # noqa: ARG002
        return None if value is None else date.fromordinal(value)


Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column declared INTEGER."""


def _partial(name: str, *columns: Column[Any], where: str) -> None:
    """An index of the rows of which this holds, as the migrations make it.

    SQLAlchemy's own arguments for it would load both engines' dialects: 2 MB and 60 ms of a start.
    """
    Index(name, *columns, info={"where": where})


inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", BigInteger, nullable=False, unique=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("body", Text),
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", BigInteger, nullable=False),
    Column("error", Text),
    Column("received_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    sqlite_autoincrement=True,
)
_partial("inbox_waiting", inbox.c.chat_id, inbox.c.id, where="state = 'waiting'")
_partial("inbox_order", inbox.c.id, where="state = 'waiting'")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("channel", String(16), nullable=False, server_default="telegram"),
    Column("lane", SmallInteger, nullable=False),
    Column("method", String(32), nullable=False),
    Column("payload", Text),
    Column("numbered", Boolean, nullable=False),
    Column("key", String(64)),
    Column("edits", String(64)),
    Column("in_order", Boolean, nullable=False),
    Column("notice_id", BigInteger),
    Column("state", String(8), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("tries", Integer, nullable=False, default=0),
    Column("unsure", Boolean, nullable=False, default=False),
    Column("owner", String(64)),
    Column("lease_until", BigInteger),
    Column("message_id", BigInteger),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    sqlite_autoincrement=True,  # a number is never given to a second message, not even after the first is deleted
)
_partial("outbox_due", outbox.c.lane, outbox.c.due_at, outbox.c.id, where="state = 'waiting'")
_partial("outbox_open", outbox.c.chat_id, where="state IN ('waiting', 'sending')")
_partial("outbox_leased", outbox.c.lease_until, where="state = 'sending'")
_partial("outbox_key", outbox.c.chat_id, outbox.c.key, where="key IS NOT NULL")

chats = Table(
    "chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False),
    Column("moved_to", BigInteger),
    Column("paused_until", BigInteger, nullable=False, default=0),
    Column("why", Text),
    Column("updated_at", BigInteger, nullable=False),
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("edition", String(64), nullable=False),
    Column("answers", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("on_day", String(10), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("checks_of_chat", "chat_id", "id"),
)

shops = Table(
    "shops",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("ref", String(64), unique=True),
    Column("owner_chat", BigInteger),
    Column("name", Text),
    Column("source", String(8), nullable=False),
    Column("in_alliance", Boolean),
    Column("closures", Integer),
    Column("closures_day", Day),
    Column("choices", Text),
    Column("created_at", BigInteger, nullable=False),
)
_partial("shops_of_owner", shops.c.owner_chat, shops.c.id, where="owner_chat IS NOT NULL")
_partial("shops_closed_before", shops.c.id, where="closures > 0")

scores = Table(
    "scores",
    metadata,
    Column("fact", String(64), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("shop_id", BigInteger, primary_key=True),
    Column("hundredths", Integer, nullable=False),
    Column("scale", String(16), nullable=False),
    Column("source", String(8), nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

newest = Table(
    "newest",
    metadata,
    Column("shop_id", BigInteger, primary_key=True),
    Column("fact", String(64), primary_key=True),
    Column("day", Day, nullable=False),
    Column("hundredths", Integer, nullable=False),
    Column("highest", Integer, nullable=False),
    Column("scale", String(16), nullable=False),
    Column("source", String(8), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

follows = Table(
    "follows",
    metadata,
    Column("shop_id", BigInteger, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("frequency", String(16), nullable=False),
    Column("snoozed_until", Day),
    Column("created_at", BigInteger, nullable=False),
    Column("judged_day", Day),
    Column("level", SmallInteger, nullable=False),
    Column("line", String(64), nullable=False),
    Column("told_on", Day),
    Column("seen_level", SmallInteger, nullable=False),
    Column("seen_since", Day),
    Column("is_far", Boolean, nullable=False),
    Column("has_left", Boolean, nullable=False),
    Column("is_swinging", Boolean, nullable=False),
    Column("closings", Integer),
    Column("is_closed", Boolean, nullable=False),
    Column("descent_fact", String(64), nullable=False),
    Column("descent_ends_at", Integer),
    Column("stale_told", Boolean, nullable=False),
    Column("is_awake", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
Index("follows_of_chat", follows.c.chat_id, follows.c.shop_id)
_partial(
    "follows_awake",
    follows.c.shop_id,
    where="is_awake",
)

preferences = Table(
    "preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("quiet_hours", String(11)),
    Column("digest_at", String(5)),
    Column("updated_at", BigInteger, nullable=False),
)

invites = Table(
    "invites",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("shop_id", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_by", BigInteger),
    Column("used_at", BigInteger),
)

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
    sqlite_autoincrement=True,
)
Index("notices_of_chat", notices.c.chat_id, notices.c.due_at)

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
    Column("closings", Integer),
    Column("in_alliance", Boolean),
    Column("happens_on", Day),
    Column("span_days", Integer),
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
_partial("milestones_ahead", milestones.c.on_day, where="told_at IS NULL")
Index("milestones_of_chat", milestones.c.chat_id)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("last_day", Day),
    Column("done_at", BigInteger),
    Column("owner", String(64)),
    Column("lease_until", BigInteger),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("nearest", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Index("unanswered_asked_at", "asked_at"),
)

nonces = Table(
    "nonces",
    metadata,
    Column("nonce", String(64), primary_key=True),
    Column("until", BigInteger, nullable=False),
)

ingests = Table(
    "ingests",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("content", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Index("uploads_of_chat", "chat_id", "created_at"),
)
_partial("uploads_to_do", uploads.c.id, where="state IN ('sent', 'confirmed')")

consents = Table(
    "consents",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", String(16), nullable=False),
    Column("given_at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("operator", BigInteger),
    Column("action", String(32), nullable=False),
    Column("subject", String(200), nullable=False),
    Index("audit_at", "at"),
)

switches = Table(
    "switches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("before", String(64)),
    Column("after", String(64), nullable=False),
    Column("done_until", BigInteger),
    Column("counts", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("evaluated_at", BigInteger),
    Column("confirmed_at", BigInteger),
    Column("announced_at", BigInteger),
)

reassessed = Table(
    "reassessed",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("before", String(64), primary_key=True),
    Column("after", String(64), primary_key=True),
    Column("switch", Integer, nullable=False),
    Column("check_id", BigInteger),
    Column("told_at", BigInteger),
    sqlite_with_rowid=False,
)
_partial("rejudged_untold", reassessed.c.after, reassessed.c.chat_id, where="told_at IS NULL")

announcements = Table(
    "announcements",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("operator", BigInteger),
    Column("audience", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("look_at", BigInteger, nullable=False, default=0),
    Column("shown_at", BigInteger),
    sqlite_autoincrement=True,
)
_partial("announcements_under_way", announcements.c.look_at, where="state IN ('sending', 'stopping')")

announcement_chats = Table(
    "announcement_chats",
    metadata,
    Column("announcement_id", BigInteger, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("number", BigInteger),
    Index("announcement_chats_by_state", "announcement_id", "state", "chat_id"),
    sqlite_with_rowid=False,
)

copies = Table(
    "copies",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("copied_at", BigInteger),
    Column("begun_at", BigInteger),
)
paces = Table(
    "paces",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("next_at", BigInteger, nullable=False),
)
Index("notices_of_day", notices.c.day)
_partial("inbox_dead", inbox.c.id, where="state = 'dead'")
_partial("outbox_dead", outbox.c.id, where="state = 'dead'")
