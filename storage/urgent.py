"""Whom a file of scores that was just stored concerns at once: followers of shops that fell below a closing line."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, and_, column, or_, select, table, union
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.levels import Level
from storage.schema import follows, newest, shops
from storage.watching import Pair

staged = table("staged", column("ref"))
"""The rows of the file, see `storage.scorefiles`."""


class Closing(NamedTuple):
    """Below `limit` (hundredths, on this scale) since `day` or later, the access is closed."""

    fact: str
    scale: str
    limit: int
    day: date


async def pairs(conn: AsyncConnection, closings: Sequence[Closing]) -> list[Pair]:
    """The followers to be judged now, by chat: not told of this closing yet, or of fewer closings than are known."""
    query = union(*(_below(one) for one in closings), _counted())
    return sorted((row.chat_id, row.shop_id) for row in (await conn.execute(query)).all())


def _followers() -> Select[tuple[int, int]]:
    joined = staged.join(shops, shops.c.ref == staged.c.ref).join(follows, follows.c.shop_id == shops.c.id)
    return select(follows.c.chat_id, follows.c.shop_id).select_from(joined).where(follows.c.is_on)


def _below(closing: Closing) -> Select[tuple[int, int]]:
    same = and_(newest.c.shop_id == follows.c.shop_id, newest.c.fact == closing.fact, newest.c.scale == closing.scale)
    is_below = and_(newest.c.hundredths < closing.limit, newest.c.day >= closing.day)
    may_be_in = or_(shops.c.in_alliance.is_(None), shops.c.in_alliance)
    is_new = or_(follows.c.level < int(Level.CLOSING), follows.c.has_left)
    return _followers().where(same, is_below, may_be_in, is_new)


def _counted() -> Select[tuple[int, int]]:
    return _followers().where(shops.c.closures > follows.c.closings)
