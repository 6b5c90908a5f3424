"""One-time links: made by an operator for a shop, used by the first chat that opens one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import epoch_ms
from storage.schema import invites


class Use(StrEnum):
    """What opening a link came to."""

    BOUND = "bound"
    BOUND_BEFORE = "bound_before"
    USED_BY_ANOTHER = "used_by_another"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Used:
    """`shop_id` is None for an invite that is not known, and for one that is somebody else's."""

    use: Use
    shop_id: int | None = None


async def make(conn: AsyncConnection, invite_id: str, shop_id: int, expires_at: datetime) -> None:
    """Keep a new invite."""
    values = {"id": invite_id, "shop_id": shop_id, "expires_at": epoch_ms(expires_at)}
    await conn.execute(insert(invites).values(values))


async def is_for(conn: AsyncConnection, invite_id: str, chat_id: int) -> bool:
    """Whether this chat can still take the invite, or has; nothing is written."""
    users = (await conn.execute(select(invites.c.used_by).where(invites.c.id == invite_id))).scalars().all()
    return users in ([None], [chat_id])


async def use(conn: AsyncConnection, invite_id: str, chat_id: int, now_ms: int) -> Used:
    """Take the invite for this chat. The same chat may open it again; whether it has expired is for the link to say."""
    is_free = (invites.c.id == invite_id) & invites.c.used_by.is_(None)
    change = update(invites).where(is_free).values(used_by=chat_id, used_at=now_ms)
    is_first = bool((await conn.execute(change)).rowcount)
    row = (await conn.execute(select(invites).where(invites.c.id == invite_id))).one_or_none()
    if row is None:
        return Used(Use.UNKNOWN)
    if row.used_by != chat_id:
        return Used(Use.USED_BY_ANOTHER)
    return Used(Use.BOUND if is_first else Use.BOUND_BEFORE, row.shop_id)
