"""Shops of the staged rows that are below a line and that nobody follows: nobody would hear of them."""

from sqlalchemy import ColumnElement, case, column, exists, false, func, or_, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.lines import LEVEL_OF, Level
from rules.requirements import Line
from storage.daily_check.conditions import Seen
from storage.daily_check.standings import beside, concerns, holds
from storage.schema import follows, newest, shops

staged = table("staged", column("ref"))
"""The rows of the file, see `storage.score_files`."""


async def unfollowed(conn: AsyncConnection, edition: Edition, most: int) -> tuple[int, tuple[str, ...]]:
    """How many such shops are certainly below a warning or closing line; names or ids of the first, the worst first."""
    joined, seen = beside(shops, edition, newest, "seen")
    closing, warning = (_below(edition, seen, level) for level in (Level.CLOSING, Level.WARNING))
    is_followed = exists().where(follows.c.shop_id == shops.c.id, follows.c.is_on)
    its = (shops.c.ref.in_(select(staged.c.ref)), ~is_followed, or_(closing, warning))
    count = (await conn.execute(select(func.count()).select_from(joined).where(*its))).scalar() or 0
    named = select(func.coalesce(shops.c.name, shops.c.ref)).select_from(joined).where(*its)
    first = named.order_by(case((closing, 0), else_=1), shops.c.id).limit(most)
    return count, tuple((await conn.execute(first)).scalars()) if count else ()


def _below(edition: Edition, seen: Seen, level: Level) -> ColumnElement[bool]:
    lines: list[Line] = [line for line in edition.lines if LEVEL_OF[line.effect] is level]
    return or_(false(), *(concerns(line) & holds(edition, line, seen, min) for line in lines))
