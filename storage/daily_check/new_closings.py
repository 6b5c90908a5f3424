"""Shops that the staged rows would put below a closing line, and that were below none before.

`find` fills the temporary table `closers`, which the other functions read on the same connection. What a day's files
and calls closed without an operator's yes is kept in the table `new_closings`, so that many small calls count together.
"""

from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, column, exists, func, insert, not_, or_, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.absence import absent_for, scores_that_count
from rules.edition import Edition
from rules.lines import hundredths, limit_for
from rules.requirements import Effect, Line
from storage.daily_check.conditions import Seen
from storage.daily_check.standings import beside, concerns, holds
from storage.schema import new_closings, newest, shops
from storage.score_files import Incoming

TABLES: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS suspects (ref VARCHAR(64) PRIMARY KEY)",
    """CREATE TEMPORARY TABLE IF NOT EXISTS heads (shop_id BIGINT NOT NULL, fact VARCHAR(64) NOT NULL,
    day INTEGER NOT NULL, hundredths INTEGER, scale VARCHAR(16) NOT NULL, PRIMARY KEY (shop_id, fact))""",
    "CREATE TEMPORARY TABLE IF NOT EXISTS closers (shop_id BIGINT PRIMARY KEY)",
    "DELETE FROM suspects",
    "DELETE FROM heads",
    "DELETE FROM closers",
)
SUSPECT: Final = """
    INSERT INTO suspects SELECT DISTINCT ref FROM staged
    WHERE fact = :number AND (score < :limit OR (score IS NULL AND :absent = 1)) ON CONFLICT DO NOTHING"""
# The newest of the staged rows of each suspect and score, unless a newer row is kept.
FILL_HEADS: Final = """
    INSERT INTO heads (shop_id, fact, day, hundredths, scale)
    SELECT shop_id, CAST(:fact AS VARCHAR(64)), day, score, CAST(:scale AS VARCHAR(16)) FROM (
        SELECT shops.id AS shop_id, staged.day, staged.score,
            row_number() OVER (PARTITION BY shops.id ORDER BY staged.day DESC, staged.n) AS place
        FROM staged JOIN shops ON shops.ref = staged.ref
        WHERE staged.fact = :number AND staged.ref IN (SELECT ref FROM suspects)) AS ranked
    WHERE place = 1 AND NOT EXISTS (SELECT 1 FROM newest
        WHERE newest.shop_id = ranked.shop_id AND newest.fact = :fact AND newest.day > ranked.day)"""
KEEP_OTHERS: Final = """
    INSERT INTO heads (shop_id, fact, day, hundredths, scale)
    SELECT newest.shop_id, newest.fact, newest.day, newest.hundredths, newest.scale FROM newest
    WHERE newest.shop_id IN (SELECT shop_id FROM heads)
    ON CONFLICT DO NOTHING"""
COUNT_KNOWN: Final = "SELECT count(*) FROM shops WHERE ref IS NOT NULL"
FIRST: Final = """
    SELECT ref, name FROM shops JOIN closers ON closers.shop_id = shops.id ORDER BY shops.id LIMIT :most"""
NOTE: Final = """
    INSERT INTO new_closings (day, shop_id)
    SELECT CAST(:day AS INTEGER), shop_id FROM closers WHERE true ON CONFLICT DO NOTHING"""
FORGET: Final = "DELETE FROM new_closings WHERE day <= :day"

staged, suspects = table("staged", column("ref")), table("suspects", column("ref"))
heads = table("heads", column("shop_id"), column("fact"), column("day"), column("hundredths"), column("scale"))
closers = table("closers", column("shop_id"))


async def find(conn: AsyncConnection, edition: Edition, incoming: Incoming) -> int:
    """Fill `closers`; the count of shops in it."""
    for statement in TABLES:
        await conn.exec_driver_sql(statement)
    closing = closing_lines(edition)
    counting = [number for number, (fact, _) in enumerate(incoming.scores) if fact in scores_that_count(edition)]
    low = 0
    for number in counting:
        low += (await conn.execute(text(SUSPECT), bounds(edition, incoming, number))).rowcount
    if not low:
        return 0
    for number in counting:
        await conn.execute(text(FILL_HEADS), incoming.given(number))
    await conn.execute(text(KEEP_OTHERS))
    joined, before = beside(shops, edition, newest, "before")
    joined, after = beside(joined, edition, heads, "after")
    is_touched = exists().where(heads.c.shop_id == shops.c.id)
    news = and_(is_touched, _closes(edition, closing, after), not_(_closes(edition, closing, before)))
    found = select(shops.c.id).select_from(joined).where(news)
    return (await conn.execute(insert(closers).from_select(["shop_id"], found))).rowcount


def closing_lines(edition: Edition) -> list[Line]:
    """The lines below which the access is closed."""
    return [line for line in edition.lines if line.effect is Effect.CLOSING]


def bounds(edition: Edition, incoming: Incoming, number: int) -> dict[str, int]:
    """Below `limit` the score of this number may close, whatever the choices; `absent` 1: no score may close too."""
    fact, closing = incoming.scores[number][0], closing_lines(edition)
    limits = [hundredths(limit_for(line, {})) for line in closing if line.fact == fact]
    absent = any(fact in absent_for(edition, line) for line in closing)
    return {"number": number, "limit": max(limits, default=0), "absent": int(absent)}


def _closes(edition: Edition, closing: list[Line], seen: Seen) -> ColumnElement[bool]:
    """Whether the shop is below a closing line, or may be by an untold choice."""
    return or_(*(concerns(line) & holds(edition, line, seen, max) for line in closing))


async def earlier(conn: AsyncConnection, edition: Edition, day: date) -> int:
    """How many other shops the day's files and calls closed before, without those that are above again, or now rise."""
    joined, seen = beside(shops, edition, newest, "seen")
    noted = select(new_closings.c.shop_id).where(new_closings.c.day == day)
    rises = shops.c.ref.in_(select(staged.c.ref)) & shops.c.ref.not_in(select(suspects.c.ref))
    others = and_(shops.c.id.in_(noted), shops.c.id.not_in(select(closers.c.shop_id)), not_(rises))
    still = others & _closes(edition, closing_lines(edition), seen)
    return (await conn.execute(select(func.count()).select_from(joined).where(still))).scalar() or 0


async def known_shops(conn: AsyncConnection) -> int:
    """How many shops are registered, of which a file or call could close any."""
    return (await conn.execute(text(COUNT_KNOWN))).scalar() or 0


async def first_names(conn: AsyncConnection, most: int) -> tuple[str, ...]:
    """Names, or else ids, of the first shops found."""
    rows = (await conn.execute(text(FIRST), {"most": most})).all()
    return tuple(row.name or row.ref for row in rows)


async def note(conn: AsyncConnection, day: date) -> None:
    """Note the shops found as closed on the day without a yes."""
    await conn.execute(text(NOTE), {"day": day.toordinal()})


async def forget(conn: AsyncConnection, day: date) -> None:
    """Count anew: an operator has seen what the day's rows close."""
    await conn.execute(text(FORGET), {"day": day.toordinal()})
