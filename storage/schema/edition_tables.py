"""Tables of changes of the answering edition.

switches  a row for each change: progress of evaluating kept checks anew, whether to tell
reassessed  chats concerned, by the edition known and the new edition; instant of telling
"""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from storage.schema.base import metadata, partial

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
partial("rejudged_untold", reassessed.c.after, reassessed.c.chat_id, where="told_at IS NULL")
