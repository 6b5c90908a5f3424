"""What would go with a shop, for the question before an operator removes the shop or hands it over."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import invites, withdrawals
from storage.retention import PERIODS
from storage.schema import follows, newest, scores


@dataclass(frozen=True)
class AtStake:
    """`days`: count of days with a score, from `first` to `last` (None without any); `waiting`: notices not sent yet;
    `invitations`: links that somebody can still use, `links`: all."""

    days: int
    first: date | None
    last: date | None
    followers: int
    waiting: int
    invitations: int
    links: int


async def of_shop(conn: AsyncConnection, shop_id: int, now_ms: int) -> AtStake:
    """What is known of the shop, and who hears of it."""
    days, first, last = await _scored(conn, shop_id)
    followers = (await conn.execute(select(func.count()).where(follows.c.shop_id == shop_id))).scalar() or 0
    waiting = await withdrawals.waiting_about(conn, shop_id)
    usable, links = await invites.count_open(conn, shop_id, now_ms), await invites.count(conn, shop_id)
    return AtStake(days, first, last, followers, waiting, usable, links)


async def _scored(conn: AsyncConnection, shop_id: int) -> tuple[int, date | None, date | None]:
    """Count of days with a score, the first and the last; the table is indexed by fact and day, not by shop."""
    ends = (await conn.execute(select(newest.c.fact, newest.c.day).where(newest.c.shop_id == shop_id))).all()
    found: set[date] = set()
    for fact, last in ends:
        days = [last - timedelta(back) for back in range(PERIODS.scores + 1)]
        its = (scores.c.fact == fact, scores.c.day.in_(days), scores.c.shop_id == shop_id)
        found.update((await conn.execute(select(scores.c.day).where(*its))).scalars())
    return len(found), min(found, default=None), max(found, default=None)
