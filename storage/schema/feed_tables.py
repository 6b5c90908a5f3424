"""Tables of arriving scores.

nonces  nonces of ingest calls, as long as a replay would be accepted
ingests  idempotency keys of ingest calls, with the hash of the body and the answer
uploads  files sent to the bot by operators: `sent`, `shown` (with content), `confirmed`, `over`; a call that is held
    is a file `shown` of chat 0, which any operator may answer; `registers`: the answer was to register unknown shops
new_closings  shops put below a closing line by the rows of a day, since an operator last said yes
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, Table, Text, false

from storage.schema.base import Day, Id, metadata, partial

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
    Column("registers", Boolean, nullable=False, server_default=false()),
    Index("uploads_of_chat", "chat_id", "created_at"),
)
partial("uploads_to_do", uploads.c.id, where="state IN ('sent', 'confirmed')")

new_closings = Table(
    "new_closings",
    metadata,
    Column("day", Day, primary_key=True),
    Column("shop_id", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
