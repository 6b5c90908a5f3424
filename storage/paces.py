"""The sending pace of all processes together: the instant from which the next call may go.

A row for each chat lately written to, and one for all chats together (`EVERYBODY`). A process picking the next calls
holds the lock of that row until the picks are written. Instants are epoch milliseconds of the database's clock: the
clocks of several machines do not agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import constant, upsert
from storage.outbox import WAITING
from storage.schema import outbox, paces

EVERYBODY: Final = 0
"""No chat has this number."""

_NOW: Final = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
}


@dataclass(frozen=True)
class Untaken:
    """The database's clock, and by message the earliest instant of the chat's next call (0: at any time)."""

    now: int
    instants: dict[int, int]


async def lock(conn: AsyncConnection) -> int:
    """The earliest instant of the next call of all; no other process picks until the transaction ends."""
    query = select(paces.c.next_at).where(paces.c.chat_id == EVERYBODY).with_for_update()
    return (await conn.execute(query)).scalar() or 0


async def untaken(conn: AsyncConnection, numbers: Sequence[int]) -> Untaken:
    """The messages still waiting, now that this process has the lock."""
    rows = (await conn.execute(_untaken(conn.dialect.name), {"ids": numbers})).all()
    return Untaken(rows[0].now if rows else 0, {row.id: row.next_at or 0 for row in rows})


@cache
def _untaken(dialect: str) -> Any:
    now = literal_column(_NOW[dialect], BigInteger).label("now")
    return (
        select(outbox.c.id, paces.c.next_at, now)
        .outerjoin(paces, paces.c.chat_id == outbox.c.chat_id)
        .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == constant(WAITING))
    )


async def keep(conn: AsyncConnection, instants: Mapping[int, int]) -> None:
    """Keep the earliest instants of the next calls, by chat."""
    await conn.execute(_keep(conn.dialect.name), [{"chat_id": chat, "next_at": at} for chat, at in instants.items()])


@cache
def _keep(dialect: str) -> Any:
    new = upsert(dialect, paces)
    return new.on_conflict_do_update(index_elements=["chat_id"], set_={"next_at": new.excluded.next_at})
