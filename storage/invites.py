"""One-time links: made by an operator for a shop, used by the first chat to open."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import epoch_ms
from storage.schema import invites


class Use(StrEnum):
    """The result of opening a link."""

    BOUND = "bound"
    BOUND_BEFORE = "bound_before"
    USED_BY_ANOTHER = "used_by_another"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Used:
    """The result and the shop, None for an invite unknown or used by another chat."""

    use: Use
    shop_id: int | None = None


async def make(conn: AsyncConnection, invite_id: str, shop_id: int, expires_at: datetime) -> None:
    """Keep a new invite."""
    values = {"id": invite_id, "shop_id": shop_id, "expires_at": epoch_ms(expires_at)}
    await conn.execute(insert(invites).values(values))


async def shop_for(conn: AsyncConnection, invite_id: str, chat_id: int) -> int | None:
    """The shop of an invite that the chat can take, or has taken; None for any other. Read only."""
    is_open = invites.c.used_by.is_(None) | (invites.c.used_by == chat_id)
    query = select(invites.c.shop_id).where((invites.c.id == invite_id) & is_open)
    return (await conn.execute(query)).scalar_one_or_none()


async def use(conn: AsyncConnection, invite_id: str, chat_id: int, now_ms: int) -> Used:
    """Take the invite for the chat; the same chat may open again. Expiry is checked in the link, not here."""
    is_free = (invites.c.id == invite_id) & invites.c.used_by.is_(None)
    change = update(invites).where(is_free).values(used_by=chat_id, used_at=now_ms)
    is_first = bool((await conn.execute(change)).rowcount)
    row = (await conn.execute(select(invites).where(invites.c.id == invite_id))).one_or_none()
    if row is None:
        return Used(Use.UNKNOWN)
    if row.used_by != chat_id:
        return Used(Use.USED_BY_ANOTHER)
    return Used(Use.BOUND if is_first else Use.BOUND_BEFORE, row.shop_id)
