"""Tables of conversations.

dialogues  a conversation for each chat, guarded by `version`
checks  finished eligibility checks of shops (0: before a check was of a shop)
unanswered  questions not understood, masked; `got`: the kind of reply that was given
consents  chats' consents to keeping data: version of the text, instant
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from storage.schema.base import Id, metadata

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
    Column("shop_id", BigInteger, nullable=False, server_default="0"),
    Column("edition", String(64), nullable=False),
    Column("answers", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("on_day", String(10), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("checks_of_chat", "chat_id", "id"),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("nearest", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("got", String(24)),
    Index("unanswered_asked_at", "asked_at"),
)

consents = Table(
    "consents",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", String(16), nullable=False),
    Column("given_at", BigInteger, nullable=False),
)
