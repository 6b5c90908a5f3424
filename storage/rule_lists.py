"""When a list of rule notices was read last, and whether the operators know that it can't be read."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.schema import rule_lists


async def was_read(conn: AsyncConnection, place: str, now_ms: int) -> None:
    """Note the list as read now; an outage is over."""
    values = {"read_at": now_ms, "told_at": None}
    statement = upsert(conn.dialect.name, rule_lists).values(place=place, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["place"], set_=values))


async def could_not_be_read(conn: AsyncConnection, place: str, now_ms: int, after_ms: int) -> bool:
    """Note the try; True, once an outage, when the list has not been read for `after_ms`: then operators are told."""
    first = upsert(conn.dialect.name, rule_lists).values(place=place, read_at=now_ms)
    await conn.execute(first.on_conflict_do_nothing(index_elements=["place"]))
    is_due = (rule_lists.c.told_at.is_(None), rule_lists.c.read_at <= now_ms - after_ms)
    change = update(rule_lists).where(rule_lists.c.place == place, *is_due).values(told_at=now_ms)
    return bool((await conn.execute(change)).rowcount)


async def read_at(conn: AsyncConnection, place: str) -> int | None:
    """The instant of the last reading (before the first, of the first try), epoch ms; None before any try."""
    return (await conn.execute(select(rule_lists.c.read_at).where(rule_lists.c.place == place))).scalar()
