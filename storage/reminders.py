"""What operators are told again after a while, as long as it lasts; by all processes together."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.schema import reminders

ASIDE: Final = "aside "
"""Begins what is told of a thing that was set aside alone."""


async def take(conn: AsyncConnection, about: str, now_ms: int, again_ms: int) -> bool:
    """Note the reminder as told now; False when it was told less than `again_ms` ago."""
    statement = upsert(conn.dialect.name, reminders).values(about=about, told_at=now_ms)
    is_due = reminders.c.told_at <= now_ms - again_ms
    change = statement.on_conflict_do_update(index_elements=["about"], set_={"told_at": now_ms}, where=is_due)
    return bool((await conn.execute(change)).rowcount)
