"""Followed shops of the rows just stored whose news can't wait for a daily check, in the temporary table `arrived`.

Before the day's check these are the closings alone; afterwards all, as the next check would be a day late.
"""

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, column, false, insert, or_, select, table, text, true, union
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.lines import Level
from rules.requirements import Line
from storage.daily_check.conditions import Seen
from storage.daily_check.new_closings import bounds, closing_lines
from storage.daily_check.standings import beside, concerns, holds
from storage.schema import follows, newest, shops
from storage.score_files import Incoming

TABLES: Final = ("CREATE TEMPORARY TABLE IF NOT EXISTS arrived (shop_id BIGINT PRIMARY KEY)", "DELETE FROM arrived")
SPANS: Final = """
    SELECT min(shop_id) AS first, max(shop_id) AS last
    FROM (SELECT shop_id, row_number() OVER (ORDER BY shop_id) - 1 AS place FROM arrived) AS numbered
    GROUP BY place / :size ORDER BY first"""

staged = table("staged", column("ref"), column("fact"), column("score"), column("closures"))
"""The rows of the file, see `storage.score_files`."""

arrived = table("arrived", column("shop_id"))


async def fill_all(conn: AsyncConnection) -> None:
    """Take every followed shop of the rows."""
    await _fill(conn, _followed(shops, true()).distinct())


async def fill_closings(conn: AsyncConnection, edition: Edition, incoming: Incoming, since: date) -> None:
    """Take the shops with a closing that a follower was not told of, by rows of `since` or later, or by a count."""
    low = or_(false(), *(_may_close(edition, incoming, number) for number in range(len(incoming.scores))))
    joined, seen = beside(shops, edition, newest, "seen")
    below = or_(false(), *(_is_new(edition, line, seen, since) for line in closing_lines(edition)))
    counted = shops.c.closures > follows.c.closures
    by_score = _followed(joined, low).where(below)
    await _fill(conn, union(by_score, _followed(shops, staged.c.closures.is_not(None)).where(counted)))


def _may_close(edition: Edition, incoming: Incoming, number: int) -> ColumnElement[bool]:
    """Whether a row of the file may close by itself: few do, and only their shops are looked up."""
    most = bounds(edition, incoming, number)
    low = staged.c.score < most["limit"]
    return and_(staged.c.fact == number, or_(low, staged.c.score.is_(None)) if most["absent"] else low)


async def _fill(conn: AsyncConnection, found: Any) -> None:
    for statement in TABLES:
        await conn.exec_driver_sql(statement)
    await conn.execute(insert(arrived).from_select(["shop_id"], found))


def _followed(joined: Any, rows: ColumnElement[bool]) -> Select[tuple[int]]:
    of_file = select(staged.c.ref).where(rows)
    query = select(shops.c.id).select_from(joined.join(follows, follows.c.shop_id == shops.c.id))
    return query.where(shops.c.ref.in_(of_file), follows.c.is_on)


def _is_new(edition: Edition, line: Line, seen: Seen, since: date) -> ColumnElement[bool]:
    is_untold = or_(follows.c.level < int(Level.CLOSING), follows.c.has_left)
    return and_(concerns(line), holds(edition, line, seen, max), seen[line.fact].c.day >= since, is_untold)


async def spans(conn: AsyncConnection, size: int) -> list[tuple[int, int]]:
    """The first and last number of every `size` shops taken."""
    return [(row.first, row.last) for row in (await conn.execute(text(SPANS), {"size": size})).all()]


async def scales(conn: AsyncConnection) -> set[str]:
    """The scales of the newest scores of the shops taken."""
    query = select(newest.c.scale).where(newest.c.shop_id.in_(select(arrived.c.shop_id))).distinct()
    return set((await conn.execute(query)).scalars())
