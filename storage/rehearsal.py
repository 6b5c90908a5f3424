"""What was decided in a transaction that may be undone: chats, shops and reasons of its notices."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.reasons import Reason
from storage.schema import notice_items, notices


class Said(NamedTuple):
    """An item of a notice."""

    chat_id: int
    shop_id: int
    reason: Reason


async def last_notice(conn: AsyncConnection) -> int:
    """The number of the newest notice, 0 without."""
    return (await conn.execute(select(func.max(notices.c.id)))).scalar() or 0


async def said_after(conn: AsyncConnection, notice_id: int, now_ms: int) -> list[Said]:
    """The items of the notices made at `now_ms` with higher numbers."""
    joined = notices.join(notice_items, notice_items.c.notice_id == notices.c.id)
    query = select(notices.c.chat_id, notice_items.c.shop_id, notice_items.c.reason).select_from(joined)
    rows = await conn.execute(query.where(notices.c.id > notice_id, notices.c.made_at == now_ms))
    return [Said(chat_id, shop_id, Reason(reason)) for chat_id, shop_id, reason in rows]
