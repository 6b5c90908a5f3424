"""Nonces and idempotency keys of ingest calls, keys with the answers given."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.schema import ingests, nonces

_LOCK: Final = 0x696E67657374
"""A number that means the ingest, among this database's advisory locks."""


@dataclass(frozen=True)
class Answered:
    """An earlier call under the same key: the body's hash and the answer (JSON)."""

    body_hash: str
    answer: str


async def one_at_a_time(conn: AsyncConnection) -> None:
    """Wait for other calls' transactions: two calls registering the same shop would stumble."""
    if conn.dialect.name == "postgresql":  # in SQLite there is one writer anyway
        await conn.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def use(conn: AsyncConnection, nonce: str, until_ms: int) -> bool:
    """Mark a nonce as used until `until_ms`; False when used before."""
    row = upsert(conn.dialect.name, nonces).values(nonce=nonce, until=until_ms)
    return bool((await conn.execute(row.on_conflict_do_nothing(index_elements=["nonce"]))).rowcount)


async def claim(conn: AsyncConnection, key: str, body_hash: str, until_ms: int) -> Answered | None:
    """Take an idempotency key; None when free, else the earlier call.

    Of two simultaneous calls the later waits for the end of the other's transaction.
    """
    row = upsert(conn.dialect.name, ingests).values(key=key, body_hash=body_hash, answer="", until=until_ms)
    if (await conn.execute(row.on_conflict_do_nothing(index_elements=["key"]))).rowcount:
        return None
    found = (await conn.execute(select(ingests).where(ingests.c.key == key))).one()
    return Answered(found.body_hash, found.answer)


async def answer(conn: AsyncConnection, key: str, text: str) -> None:
    """Keep the answer of the call with this key."""
    await conn.execute(update(ingests).where(ingests.c.key == key).values(answer=text))


async def forget(conn: AsyncConnection, now_ms: int) -> None:
    """Delete expired nonces and keys."""
    for table in (nonces, ingests):
        await conn.execute(delete(table).where(table.c.until < now_ms))
