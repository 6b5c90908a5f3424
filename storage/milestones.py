"""Days ahead that a kept check knows of, for chats that asked to be told."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.milestones import Milestone
from storage.schema import checks, milestones


async def keep(conn: AsyncConnection, chat_id: int, ahead: Sequence[Milestone]) -> None:
    """Tell the chat of these days of its newest check, and of no others."""
    await forget(conn, chat_id)
    check_id = (await conn.execute(_newest_check(chat_id))).scalar()
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


async def are_wanted(conn: AsyncConnection, chat_id: int) -> bool:
    """Whether the chat asked to be told of days of its newest check, and some are still ahead."""
    its = (milestones.c.chat_id == chat_id, milestones.c.told_at.is_(None))
    newest = milestones.c.check_id == _newest_check(chat_id).scalar_subquery()
    return (await conn.execute(select(milestones.c.id).where(*its, newest).limit(1))).scalar() is not None


async def next_day(conn: AsyncConnection, chat_id: int) -> date | None:
    """The next day on which the chat is to be told something."""
    its = (milestones.c.chat_id == chat_id, milestones.c.told_at.is_(None))
    query = select(milestones.c.on_day).where(*its).order_by(milestones.c.on_day).limit(1)
    return (await conn.execute(query)).scalar()


async def forget(conn: AsyncConnection, chat_id: int) -> None:
    """The chat does not want to be told any more."""
    await conn.execute(delete(milestones).where(milestones.c.chat_id == chat_id))


def _newest_check(chat_id: int) -> Select[tuple[int]]:
    return select(func.max(checks.c.id)).where(checks.c.chat_id == chat_id)
