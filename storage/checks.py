"""Finished checks: a merchant's answers and the report; and the days ahead that a chat asked to be told."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.milestones import Milestone
from storage.schema import checks, milestones


@dataclass(frozen=True)
class KeptCheck:
    """A finished check of a shop (0: kept before a check was of a shop).

    `answers`, `report`: JSON text; `on_day`: an ISO day of the merchant's zone.
    """

    edition: str
    answers: str
    report: str
    on_day: str
    shop: int = 0


async def keep(conn: AsyncConnection, chat_id: int, check: KeptCheck, now_ms: int) -> None:
    """Add a check to the chat's."""
    values = {"edition": check.edition, "answers": check.answers, "report": check.report, "on_day": check.on_day}
    await conn.execute(insert(checks).values(chat_id=chat_id, shop_id=check.shop, created_at=now_ms, **values))


async def last(conn: AsyncConnection, chat_id: int, shop: int | None = None) -> KeptCheck | None:
    """The chat's newest check, of the shop or (None) of any; None without."""
    its = [checks.c.chat_id == chat_id, *([] if shop is None else [checks.c.shop_id == shop])]
    query = select(checks).where(*its).order_by(checks.c.id.desc()).limit(1)
    row = (await conn.execute(query)).one_or_none()
    return KeptCheck(row.edition, row.answers, row.report, row.on_day, row.shop_id) if row else None


async def keep_milestones(conn: AsyncConnection, chat_id: int, ahead: Sequence[Milestone], shop: int = 0) -> None:
    """Keep the days of the newest check of the chat's shop in place of all kept of that shop before."""
    of_shop = select(checks.c.id).where(checks.c.chat_id == chat_id, checks.c.shop_id.in_((shop, 0)))
    its = milestones.c.check_id.in_(of_shop), milestones.c.chat_id == chat_id
    await conn.execute(delete(milestones).where(*its))
    newest = select(func.max(checks.c.id)).where(checks.c.chat_id == chat_id, checks.c.shop_id == shop)
    check_id = (await conn.execute(newest)).scalar()
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


async def forget_milestones(conn: AsyncConnection, chat_id: int) -> None:
    """Delete the days kept for the chat."""
    await conn.execute(delete(milestones).where(milestones.c.chat_id == chat_id))
