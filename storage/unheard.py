"""Shops about to lose the access of which nobody hears: no follower, or none that reads. Told to operators once a fall.

A shop is told anew after it was heard of, or stood better, in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.lines import Level
from storage import reminders
from storage.chats import BLOCKED, MOVED
from storage.daily_check import standings
from storage.schema import chats, follows, newest, shops
from storage.schema import reminders as told

ABOUT: Final = "unheard "
NEVER_AGAIN_MS: Final = 10**15
AT_ONCE: Final = 2000
"""So many shops at a time: more would keep the conversations waiting."""


@dataclass(frozen=True)
class Unheard:
    """An operator's shop at the closing line. `is_followed`: by chats that turned its warnings off or are blocked."""

    shop_id: int
    is_followed: bool


async def take(conn: AsyncConnection, editions: Sequence[Edition], since: date, now_ms: int) -> list[Unheard]:
    """The shops with a score of `since` or later that no process has told yet; they count as told. At most AT_ONCE."""
    before = await _told(conn)  # first: what another process tells meanwhile is not forgotten
    now = {one.shop_id: one for one in await _unheard(conn, editions, since)}
    await _forget(conn, sorted(before - now.keys())[:AT_ONCE])
    new = sorted(now.keys() - before)[:AT_ONCE]
    return [now[number] for number in new if await mark(conn, number, now_ms)]


async def mark(conn: AsyncConnection, shop_id: int, now_ms: int) -> bool:
    """Whether the operators were not told of the shop yet; from now on they were."""
    return await reminders.take(conn, f"{ABOUT}{shop_id}", now_ms, NEVER_AGAIN_MS)


async def _forget(conn: AsyncConnection, shop_ids: Sequence[int]) -> None:
    if shop_ids:
        await conn.execute(delete(told).where(told.c.about.in_([f"{ABOUT}{number}" for number in shop_ids])))


async def _told(conn: AsyncConnection) -> set[int]:
    rows = (await conn.execute(select(told.c.about).where(told.c.about.startswith(ABOUT)))).scalars()
    return {int(about.removeprefix(ABOUT)) for about in rows}


async def _unheard(conn: AsyncConnection, editions: Sequence[Edition], since: date) -> list[Unheard]:
    level = standings.levels(editions).subquery()
    followed = follows.c.shop_id == level.c.shop_id
    is_away = exists().where(chats.c.chat_id == follows.c.chat_id, chats.c.state.in_((BLOCKED, MOVED)))
    is_fresh = exists().where(newest.c.shop_id == level.c.shop_id, newest.c.day >= since)
    query = (
        select(level.c.shop_id, exists().where(followed).label("is_followed"))
        .join(shops, shops.c.id == level.c.shop_id)
        .where(level.c.level == int(Level.CLOSING), shops.c.ref.is_not(None), is_fresh)
        .where(~exists().where(followed, follows.c.is_on, ~is_away))
        .order_by(level.c.shop_id)
    )
    return [Unheard(row.shop_id, bool(row.is_followed)) for row in (await conn.execute(query)).all()]
