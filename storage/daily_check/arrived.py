"""Followed shops of the rows just stored whose news can't wait for a daily check, in the temporary table `arrived`.

Before the day's check these are the closings alone; afterwards all, as the next check would be a day late.
"""

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, column, false, insert, or_, select, table, text, union
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.lines import Level
from rules.requirements import Effect, Line
from storage.daily_check.standings import Seen, beside, concerns, holds
from storage.schema import follows, newest, shops

TABLES: Final = ("CREATE TEMPORARY TABLE IF NOT EXISTS arrived (shop_id BIGINT PRIMARY KEY)", "DELETE FROM arrived")
SPANS: Final = """
    SELECT min(shop_id) AS first, max(shop_id) AS last
    FROM (SELECT shop_id, row_number() OVER (ORDER BY shop_id) - 1 AS place FROM arrived) AS numbered
    GROUP BY place / :size ORDER BY first"""

staged = table("staged", column("ref"))
"""The rows of the file, see `storage.score_files`."""

arrived = table("arrived", column("shop_id"))


async def fill_all(conn: AsyncConnection) -> None:
    """Take every followed shop of the rows."""
    await _fill(conn, _followed(shops).distinct())


async def fill_closings(conn: AsyncConnection, edition: Edition, since: date) -> None:
    """Take the shops with a closing that a follower was not told of, by rows of `since` or later, or by a count."""
    joined, seen = beside(shops, edition, newest, "seen")
    closing = [line for line in edition.lines if line.effect is Effect.CLOSING]
    below = or_(false(), *(_is_new(edition, line, seen, since) for line in closing))
    counted = shops.c.closures > follows.c.closures
    await _fill(conn, union(_followed(joined).where(below), _followed(shops).where(counted)))


async def _fill(conn: AsyncConnection, found: Any) -> None:
    for statement in TABLES:
        await conn.exec_driver_sql(statement)
    await conn.execute(insert(arrived).from_select(["shop_id"], found))


def _followed(joined: Any) -> Any:
    of_file = select(staged.c.ref)
    query = select(shops.c.id).select_from(joined.join(follows, follows.c.shop_id == shops.c.id))
    return query.where(shops.c.ref.in_(of_file), follows.c.is_on)


def _is_new(edition: Edition, line: Line, seen: Seen, since: date) -> ColumnElement[bool]:
    is_untold = or_(follows.c.level < int(Level.CLOSING), follows.c.has_left)
    return and_(concerns(line), holds(edition, line, seen, max), seen[line.fact].c.day >= since, is_untold)


async def spans(conn: AsyncConnection, size: int) -> list[tuple[int, int]]:
    """The first and last number of every `size` shops taken."""
    return [(row.first, row.last) for row in (await conn.execute(text(SPANS), {"size": size})).all()]
