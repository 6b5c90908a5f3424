"""Reads of the daily check beside the evidence: recent scores, silent shops, days ahead."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, and_, bindparam, exists, func, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import BLOCKED
from storage.daily_check.evidence import DayQuery
from storage.daily_check.scales import fits
from storage.schema import chats, checks, milestones, newest, scores, shops
from storage.scores import is_stale


async def last_shop(conn: AsyncConnection) -> int:
    """The highest number of a shop, 0 without shops."""
    return (await conn.execute(select(func.max(shops.c.id)))).scalar() or 0


async def stale_shops(conn: AsyncConnection, look: DayQuery) -> int:
    """Count of shops, followed or not, without a score for too long."""
    if look.now_ms is None:
        return 0
    facts = [one.fact for one in look.watched]
    of_these = (newest.c.fact.in_(facts), is_stale(newest, look.day, look.now_ms))
    query = select(func.count(newest.c.shop_id.distinct())).where(*of_these)
    return (await conn.execute(query)).scalar() or 0


IDS_A_QUERY: Final = 10_000


class Fall(NamedTuple):
    """A score first seen below `limit` (hundredths) by the row of `day` (its number)."""

    fact: str
    scale: str
    day: int
    limit: int


async def fell_before(conn: AsyncConnection, falls: Mapping[int, Fall]) -> set[int]:
    """Of the shops with a fall, those that may have been below the limit before: all but for a row of the day before
    that was not below."""
    groups: dict[Fall, list[int]] = {}
    for shop_id, fall in falls.items():
        groups.setdefault(fall, []).append(shop_id)
    found = set(falls)
    for fall, ids in groups.items():
        day = date.fromordinal(fall.day - 1)
        its = (scores.c.fact == fall.fact, scores.c.day == day, fits(scores, fall.scale))
        query = select(scores.c.shop_id).where(*its, func.coalesce(scores.c.hundredths, fall.limit) >= fall.limit)
        for first in range(0, len(ids), IDS_A_QUERY):
            part = scores.c.shop_id.in_(ids[first : first + IDS_A_QUERY])
            found.difference_update((await conn.execute(query.where(part))).scalars())
    return found


async def recent(
    conn: AsyncConnection, look: DayQuery, shop_ids: Iterable[int], days: Sequence[date] = ()
) -> dict[int, list[tuple[str, int, int | None]]]:
    """By shop, the rows on the watched scale: (fact, day's number, hundredths or None). `days`: of these, else of the
    window."""
    found: dict[int, list[tuple[str, int, int | None]]] = {}
    ids = list(shop_ids)
    for one in look.watched:
        its = (scores.c.fact == one.fact, scores.c.day.in_(days or look.window), scores.c.shop_id.in_(ids))
        query = select(scores.c.shop_id, type_coerce(scores.c.day, Integer), scores.c.hundredths).where(*its)
        for shop_id, day, value in (await conn.execute(query.where(fits(scores, one.scale)))).all():
            found.setdefault(shop_id, []).append((one.fact, day, value))
    return found


async def take_milestones(conn: AsyncConnection, day: date, now_ms: int) -> Sequence[Any]:
    """Untold days ahead, up to `day`, of the newest check of each shop of a chat; marked as told from now on.

    A check of a shop counts as newer than one that was kept before a check was of a shop.
    """
    its, later = checks.alias("its"), checks.alias("later")
    is_same = or_(later.c.shop_id == its.c.shop_id, its.c.shop_id == 0)
    is_outdated = exists().where(later.c.chat_id == its.c.chat_id, later.c.id > its.c.id, is_same)
    is_newest = exists().where(its.c.id == milestones.c.check_id, its.c.chat_id == milestones.c.chat_id, ~is_outdated)
    is_due = and_(milestones.c.told_at.is_(None), milestones.c.on_day <= day, is_newest)
    blocked = exists().where(chats.c.chat_id == milestones.c.chat_id, chats.c.state == BLOCKED)
    query = select(milestones).where(is_due, ~blocked).order_by(milestones.c.chat_id, milestones.c.id)
    found = (await conn.execute(query.with_for_update())).all()
    if found:
        told = update(milestones).where(milestones.c.id == bindparam("number")).values(told_at=now_ms)
        await conn.execute(told, [{"number": row.id} for row in found])
    return found
