"""One-time links: made by an operator for a shop, used by the first chat to open, or taken back before that."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import epoch_ms
from storage.schema import invites, shops


class Use(StrEnum):
    """The result of opening a link."""

    BOUND = "bound"
    BOUND_BEFORE = "bound_before"
    USED_BY_ANOTHER = "used_by_another"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class State(StrEnum):
    """The state of an invitation at an instant."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Used:
    """The result and the shop, None for an invite unknown, revoked or used by another chat."""

    use: Use
    shop_id: int | None = None


@dataclass(frozen=True)
class Invitation:
    """A link as operators see it. Instants are epoch ms; `made_at` None: made before that was kept."""

    id: str
    shop_id: int
    ref: str | None
    name: str | None
    made_at: int | None
    expires_at: int
    used_by: int | None
    used_at: int | None
    revoked_at: int | None

    def state(self, now_ms: int) -> State:
        """The state at the instant; a used link stays used, whatever came later."""
        if self.used_by is not None:
            return State.USED
        if self.revoked_at is not None:
            return State.REVOKED
        return State.OPEN if now_ms < self.expires_at else State.EXPIRED


async def make(
    conn: AsyncConnection, invite_id: str, shop_id: int, expires_at: datetime, made_at: datetime | None = None
) -> None:
    """Keep a new invite."""
    values = {"id": invite_id, "shop_id": shop_id, "expires_at": epoch_ms(expires_at)}
    await conn.execute(insert(invites).values(values | {"made_at": made_at and epoch_ms(made_at)}))


async def shop_for(conn: AsyncConnection, invite_id: str, chat_id: int) -> int | None:
    """The shop of an invite that the chat can take, or has taken; None for any other. Read only."""
    is_open = invites.c.used_by.is_(None) | (invites.c.used_by == chat_id)
    query = select(invites.c.shop_id).where((invites.c.id == invite_id) & is_open, invites.c.revoked_at.is_(None))
    return (await conn.execute(query)).scalar_one_or_none()


async def use(conn: AsyncConnection, invite_id: str, chat_id: int, now_ms: int) -> Used:
    """Take the invite for the chat; the same chat may open again. Expiry is checked in the link, not here."""
    is_free = (invites.c.id == invite_id) & invites.c.used_by.is_(None) & invites.c.revoked_at.is_(None)
    change = update(invites).where(is_free).values(used_by=chat_id, used_at=now_ms)
    is_first = bool((await conn.execute(change)).rowcount)
    row = (await conn.execute(select(invites).where(invites.c.id == invite_id))).one_or_none()
    if row is None:
        return Used(Use.UNKNOWN)
    if row.used_by not in (None, chat_id):
        return Used(Use.USED_BY_ANOTHER)
    if row.revoked_at is not None:
        return Used(Use.REVOKED)
    return Used(Use.BOUND if is_first else Use.BOUND_BEFORE, row.shop_id)


async def listed(conn: AsyncConnection, shop_id: int | None = None, limit: int = 1000) -> list[Invitation]:
    """The invitations to the shop, or to all shops, the newest first."""
    query = select(invites, shops.c.ref, shops.c.name).join(shops, shops.c.id == invites.c.shop_id)
    if shop_id is not None:
        query = query.where(invites.c.shop_id == shop_id)
    rows = (await conn.execute(query.order_by(invites.c.expires_at.desc(), invites.c.id).limit(limit))).all()
    return [Invitation(**row._mapping) for row in rows]


async def by_id(conn: AsyncConnection, invite_id: str) -> Invitation | None:
    """The invitation, None if unknown or of a shop that is gone."""
    query = select(invites, shops.c.ref, shops.c.name).join(shops, shops.c.id == invites.c.shop_id)
    row = (await conn.execute(query.where(invites.c.id == invite_id))).one_or_none()
    return None if row is None else Invitation(**row._mapping)


async def count(conn: AsyncConnection, shop_id: int) -> int:
    """How many links to the shop are kept, whatever became of them."""
    return (await conn.execute(select(func.count()).where(invites.c.shop_id == shop_id))).scalar() or 0


async def count_open(conn: AsyncConnection, shop_id: int, now_ms: int) -> int:
    """How many links to the shop somebody can still use."""
    its = (invites.c.shop_id == shop_id, *_is_open(now_ms))
    return (await conn.execute(select(func.count()).select_from(invites).where(*its))).scalar() or 0


async def revoke(conn: AsyncConnection, invite_id: str, now_ms: int) -> bool:
    """Take the link back; False when it is used, expired, revoked before or unknown."""
    its = (invites.c.id == invite_id, *_is_open(now_ms))
    return bool((await conn.execute(update(invites).where(*its).values(revoked_at=now_ms))).rowcount)


async def close_all(conn: AsyncConnection, shop_id: int, now_ms: int) -> int:
    """How many links to the shop were open. None of the shop's links binds anybody now, not even who has used one."""
    its = update(invites).where(invites.c.shop_id == shop_id, invites.c.revoked_at.is_(None)).values(revoked_at=now_ms)
    count = (await conn.execute(its.where(*_is_open(now_ms)))).rowcount
    await conn.execute(its.where(invites.c.used_by.is_not(None)))
    return count


async def close_for(conn: AsyncConnection, shop_id: int, chat_id: int, now_ms: int) -> None:
    """Links to the shop that the chat has used bind nothing when the chat opens them again."""
    its = (invites.c.shop_id == shop_id, invites.c.used_by == chat_id, invites.c.revoked_at.is_(None))
    await conn.execute(update(invites).where(*its).values(revoked_at=now_ms))


def _is_open(now_ms: int) -> tuple[ColumnElement[bool], ...]:
    return invites.c.used_by.is_(None), invites.c.revoked_at.is_(None), invites.c.expires_at > now_ms
