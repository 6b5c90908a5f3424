"""Tables of messages from and to Telegram.

inbox  updates; `key` is Telegram's update id, or a negative number drawn from the bytes of an update without id
outbox  messages, a row for each call of the network named by `channel`; a row in `sending` is leased to a process
    until `lease_until`; after that another process may lease the row, then `unsure` (maybe delivered); `called_at`: of
    the first call; `refusals`: how often the network refused the message in words that are not known
bots  the one bot whose database this is, with the Bot API server that its updates come from
chats  blocked, moved and paused chats only
paces  the earliest instant of the next message to a chat, or to all together (see `storage.paces`)
"""

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, String, Table, Text

from storage.schema.base import Id, metadata, partial

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
partial("inbox_waiting", inbox.c.chat_id, inbox.c.id, where="state = 'waiting'")
partial("inbox_order", inbox.c.id, where="state = 'waiting'")
partial("inbox_dead", inbox.c.id, where="state = 'dead'")

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
    Column("called_at", BigInteger),
    Column("refusals", SmallInteger, nullable=False, server_default="0"),
    Column("unsure", Boolean, nullable=False, default=False),
    Column("owner", String(64)),
    Column("lease_until", BigInteger),
    Column("message_id", BigInteger),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    sqlite_autoincrement=True,  # a number is never given to a second message, not even after the first is deleted
)
partial("outbox_due", outbox.c.lane, outbox.c.due_at, outbox.c.id, where="state = 'waiting'")
partial("outbox_open", outbox.c.chat_id, where="state IN ('waiting', 'sending')")
partial("outbox_leased", outbox.c.lease_until, where="state = 'sending'")
partial("outbox_key", outbox.c.chat_id, outbox.c.key, where="key IS NOT NULL")
partial("outbox_dead", outbox.c.id, where="state = 'dead'")

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

paces = Table(
    "paces",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("next_at", BigInteger, nullable=False),
)

bots = Table(
    "bots",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("server", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)
