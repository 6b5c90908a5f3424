"""Days ahead that a kept check knows of, for chats that asked to be told."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.milestones import Milestone
from storage.schema import checks, milestones


async def keep(conn: AsyncConnection, chat_id: int, ahead: Sequence[Milestone]) -> None:
    """Tell the chat of these days of its newest check, and of no others."""
    await forget(conn, chat_id)
    check_id = (await conn.execute(select(func.max(checks.c.id)).where(checks.c.chat_id == chat_id))).scalar()
    rows = [
        {
            "chat_id": chat_id,
            "check_id": check_id or 0,
            "on_day": one.on,
            "reason": one.reason.value,
            "happens_on": one.happens_on,
            "criterion": one.criterion,
        }
        for one in ahead
    ]
    if rows:
        await conn.execute(insert(milestones), rows)


async def forget(conn: AsyncConnection, chat_id: int) -> None:
    """The chat does not want to be told any more."""
    await conn.execute(delete(milestones).where(milestones.c.chat_id == chat_id))
