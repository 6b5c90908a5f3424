"""The recipients of announcements: every merchant, the followers of one shop, or of shops at a standing."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.lines import Level
from storage.chats import BLOCKED, MOVED
from storage.daily_check import standings
from storage.overview import private_chats
from storage.schema import chats, follows


class Audience(StrEnum):
    """The recipients of an announcement: every merchant, the followers of one shop, or of shops at a standing."""

    ALL = "all"
    SHOP = "shop"
    CLOSING = "closing"
    WARNING = "warning"
    EARLY = "early"
    NO_ENTRY = "no_entry"
    CLEAR = "clear"
    UNKNOWN = "unknown"

    @property
    def level(self) -> int:
        """The number of the standing's `Level`. Raises KeyError for ALL and SHOP."""
        return int(Level[self.name])


MANY: Final = tuple(one for one in Audience if one is not Audience.SHOP)
"""The audiences of an announcement that is of no shop."""


async def reach(
    conn: AsyncConnection, editions: Sequence[Edition], audience: Audience, of_shop: int | None = None
) -> int:
    """Count of chats in the audience now."""
    query = select(func.count()).select_from(chats_of(editions, audience, of_shop).subquery())
    return (await conn.execute(query)).scalar() or 0


async def away(conn: AsyncConnection, shop_id: int) -> int:
    """Count of the shop's followers that can't be written to."""
    query = select(func.count()).where(follows.c.shop_id == shop_id, _is_away(follows.c.chat_id))
    return (await conn.execute(query)).scalar() or 0


async def reaches(conn: AsyncConnection, editions: Sequence[Edition]) -> dict[Audience, int]:
    """Count of chats in each audience now."""
    level, count = standings.levels(editions).subquery(), func.count(follows.c.chat_id.distinct())
    wanted = select(level.c.level, count).join(follows, follows.c.shop_id == level.c.shop_id)
    wanted = wanted.where(follows.c.is_on, follows.c.chat_id > 0, ~_is_away(follows.c.chat_id))
    by_level = {row.level: int(row[1]) for row in (await conn.execute(wanted.group_by(level.c.level))).all()}
    found: dict[Audience, int] = {one: by_level.get(one.level, 0) for one in MANY if one is not Audience.ALL}
    return {Audience.ALL: await reach(conn, editions, Audience.ALL), **found}


def chats_of(editions: Sequence[Edition], audience: Audience, of_shop: int | None = None) -> Select[tuple[int]]:
    """Query of the chats of the audience that can be written to; of a standing, the followers with warnings on.

    What concerns one shop is for all of its followers, also for those who turned its warnings off.
    """
    if audience is Audience.ALL:
        every = private_chats().subquery()
    elif audience is Audience.SHOP:
        every = select(follows.c.chat_id).where(follows.c.shop_id == of_shop, follows.c.chat_id > 0).subquery()
    else:
        level = standings.levels(editions).subquery()
        its = and_(follows.c.shop_id == level.c.shop_id, level.c.level == audience.level)
        wanted = select(follows.c.chat_id).join(level, its).where(follows.c.is_on, follows.c.chat_id > 0)
        every = wanted.distinct().subquery()
    return select(every.c.chat_id).where(~_is_away(every.c.chat_id))


def _is_away(chat_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(chats.c.chat_id == chat_id, chats.c.state.in_((BLOCKED, MOVED)))
