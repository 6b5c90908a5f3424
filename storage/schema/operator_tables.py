"""Tables of operators' acts, announcements and restored copies.

audit  operators' acts; `operator` is the operator's chat, null for the command line
announcements  messages to many, or (`of_shop`) to the followers of one shop; `announcement_chats`: the recipients, once
    each (see `storage.announcements`)
copies  marks of a copied database; `begun_at`: the bot's first start on the copy (see `storage.database.copies`)
"""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from storage.schema.base import Id, metadata, partial

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
    Column("of_shop", BigInteger),
    sqlite_autoincrement=True,
)
partial("announcements_under_way", announcements.c.look_at, where="state IN ('sending', 'stopping')")

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
