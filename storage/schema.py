"""The tables. Instants are epoch milliseconds, UTC; JSON is text; nothing here is of one database engine alone.

inbox      what arrived; `key` is Telegram's update id, or a negative number drawn from the bytes of one without
outbox     what is to be sent, one row a call of the Bot API; a row in `sending` is leased to a process until
           `lease_until`; whoever finds the lease over may take the row, and it is then `unsure` (maybe delivered)
chats      only those that need a word: blocked, moved, or paused
dialogues  one conversation a chat, guarded by `version`
checks     finished eligibility checks
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, SmallInteger, String, Table, Text

metadata = MetaData()

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column declared INTEGER."""

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
_waiting = inbox.c.state == "waiting"
Index("inbox_waiting", inbox.c.chat_id, inbox.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
Index("inbox_order", inbox.c.id, sqlite_where=_waiting, postgresql_where=_waiting)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
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
_open = outbox.c.state.in_(("waiting", "sending"))
_due = outbox.c.state == "waiting"
Index("outbox_due", outbox.c.lane, outbox.c.due_at, outbox.c.id, sqlite_where=_due, postgresql_where=_due)
Index("outbox_open", outbox.c.chat_id, sqlite_where=_open, postgresql_where=_open)
_named = outbox.c.key.is_not(None)
Index("outbox_key", outbox.c.chat_id, outbox.c.key, sqlite_where=_named, postgresql_where=_named)

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
