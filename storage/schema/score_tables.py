"""Tables of shops and scores.

shops  an operator's (`ref`) or a merchant's own (`owner_chat`; without a name: the merchant's first)
invites  one-time links to a shop; `made_at` NULL: made before the column was; `revoked_at`: taken back by an operator
scores  a row for each shop, fact and day, in whole hundredths of a point, by day first: a day's file is appended
newest  the newest score of each shop and fact, and the highest ever: read by the daily check
facts  what else was told of a shop, a row each time, nothing overwritten: `value` as JSON

A score without hundredths says that the shop has no score on that day.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from storage.schema.base import Day, Id, metadata, partial

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
    sqlite_autoincrement=True,  # buttons with the number of a removed shop stay in chats
)
partial("shops_of_owner", shops.c.owner_chat, shops.c.id, where="owner_chat IS NOT NULL")
partial("shops_closed_before", shops.c.id, where="closures > 0")

invites = Table(
    "invites",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("shop_id", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_by", BigInteger),
    Column("used_at", BigInteger),
    Column("made_at", BigInteger),
    Column("revoked_at", BigInteger),
)

scores = Table(
    "scores",
    metadata,
    Column("fact", String(64), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("shop_id", BigInteger, primary_key=True),
    Column("hundredths", Integer),
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
    Column("hundredths", Integer),
    Column("highest", Integer),
    Column("scale", String(16), nullable=False),
    Column("source", String(8), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

facts = Table(
    "facts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("shop_id", BigInteger, nullable=False),
    Column("fact", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("day", Day, nullable=False),
    Column("source", String(8), nullable=False),
    Column("told_at", BigInteger, nullable=False),
    Index("facts_of_shop", "shop_id", "fact", "id"),
)
