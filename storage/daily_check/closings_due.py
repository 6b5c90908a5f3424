"""Shops of a file just stored that can't wait for the daily check: fallen below a closing line, or closed again."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, and_, column, or_, select, table, union
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import Level
from storage.schema import follows, newest, shops

staged = table("staged", column("ref"))
"""The rows of the file, see `storage.score_files`."""


class Closing(NamedTuple):
    """A closing line: below `limit` (hundredths on `scale`) on `day` or later, the access is closed."""

    fact: str
    scale: str
    limit: int
    day: date


async def fallen(conn: AsyncConnection, closings: Sequence[Closing]) -> list[int]:
    """Numbers of the shops with a closing that a follower was not told of, in order."""
    query = union(*(_below(one) for one in closings), _counted())
    return sorted(row.id for row in (await conn.execute(query)).all())


def _followed() -> Select[tuple[int]]:
    joined = staged.join(shops, shops.c.ref == staged.c.ref).join(follows, follows.c.shop_id == shops.c.id)
    return select(shops.c.id).select_from(joined).where(follows.c.is_on)


def _below(closing: Closing) -> Select[tuple[int]]:
    same = and_(newest.c.shop_id == follows.c.shop_id, newest.c.fact == closing.fact, newest.c.scale == closing.scale)
    is_below = and_(newest.c.hundredths < closing.limit, newest.c.day >= closing.day)
    may_be_in = or_(shops.c.in_alliance.is_(None), shops.c.in_alliance)
    is_new = or_(follows.c.level < int(Level.CLOSING), follows.c.has_left)
    return _followed().where(same, is_below, may_be_in, is_new)


def _counted() -> Select[tuple[int]]:
    return _followed().where(shops.c.closures > follows.c.closures)
