"""A told score taken back: the row goes, or the row before comes back; the newest row is found anew."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import hundredths, points
from rules.sources import Source
from storage.schema import newest, scores
from storage.scores import Score

DAYS_BACK = 366
"""How far back a newest row is looked for: the table is indexed by day, and no score is told of an older day."""


async def of_day(conn: AsyncConnection, shop_id: int, fact: str, day: date) -> Score | None:
    """The row of a day, None without one."""
    its = (scores.c.fact == fact, scores.c.day == day, scores.c.shop_id == shop_id)
    row = (await conn.execute(select(scores).where(*its))).one_or_none()
    return _score(row) if row else None


async def told_together(
    conn: AsyncConnection, shop_ids: Collection[int], facts: Collection[str], day: date, stored_at: int
) -> list[Score]:
    """The rows of the day, told by a merchant of these shops at the instant (epoch ms)."""
    its = (scores.c.fact.in_(facts), scores.c.day == day, scores.c.shop_id.in_(shop_ids))
    query = select(scores).where(*its, scores.c.stored_at == stored_at, scores.c.source == Source.MERCHANT.value)
    return [_score(row) for row in (await conn.execute(query.order_by(scores.c.shop_id))).all()]


async def told_at(conn: AsyncConnection, shop_id: int, fact: str, day: date) -> int | None:
    """The instant (epoch ms) from which the row of a day stands, None without one."""
    its = (scores.c.fact == fact, scores.c.day == day, scores.c.shop_id == shop_id)
    return (await conn.execute(select(scores.c.stored_at).where(*its))).scalar()


async def last_told(conn: AsyncConnection, shop_id: int, today: date) -> tuple[Score, int] | None:
    """The row told last by a merchant, with the instant in epoch ms; None without one."""
    days = [today - timedelta(back) for back in range(DAYS_BACK)]
    facts = select(newest.c.fact).where(newest.c.shop_id == shop_id)
    its = (scores.c.fact.in_(facts), scores.c.day.in_(days), scores.c.shop_id == shop_id)
    query = select(scores).where(*its, scores.c.source == Source.MERCHANT.value)
    row = (await conn.execute(query.order_by(scores.c.stored_at.desc(), scores.c.fact).limit(1))).one_or_none()
    return (_score(row), row.stored_at) if row else None


async def take_back(conn: AsyncConnection, told: Score, before: Score | None, now_ms: int) -> bool:
    """Put `before` in place of the row told by a merchant, None: nothing; False when the row is another by now."""
    if await of_day(conn, told.shop_id, told.fact, told.day) != told:
        return False
    its = (scores.c.fact == told.fact, scores.c.day == told.day, scores.c.shop_id == told.shop_id)
    await conn.execute(delete(scores).where(*its))
    if before is not None:
        await conn.execute(insert(scores).values(**_columns(before), stored_at=now_ms))
    await _rescale_absences(conn, told)
    await conn.execute(delete(newest).where(newest.c.shop_id == told.shop_id, newest.c.fact == told.fact))
    await _find_newest(conn, told)
    return True


async def _rescale_absences(conn: AsyncConnection, gone: Score) -> None:
    """Let "no score", told of later days on the scale of a mistaken score, be of the scale of the newest number left.

    The highest number of its scale is then found with it.
    """
    its = _around(gone)
    rows = (await conn.execute(select(scores).where(*its, scores.c.hundredths.is_not(None)))).all()
    if not rows:
        return
    absent = (scores.c.hundredths.is_(None), scores.c.scale == gone.scale, scores.c.source == Source.MERCHANT.value)
    change = update(scores).where(*its, *absent, scores.c.day > gone.day)
    await conn.execute(change.values(scale=max(rows, key=lambda row: row.day).scale))


def _around(gone: Score) -> tuple[ColumnElement[bool], ...]:
    """The rows of the shop and fact, of all days that count."""
    days = [gone.day + timedelta(away) for away in range(-DAYS_BACK, DAYS_BACK + 1)]
    return scores.c.fact == gone.fact, scores.c.day.in_(days), scores.c.shop_id == gone.shop_id


async def _find_newest(conn: AsyncConnection, gone: Score) -> None:
    """Let the newest row left count as the newest, with the highest score of its scale; nothing without a row."""
    rows = (await conn.execute(select(scores).where(*_around(gone)).order_by(scores.c.day.desc()))).all()
    if rows:
        last = rows[0]
        numbers = [row.hundredths for row in rows if row.scale == last.scale and row.hundredths is not None]
        more = {"highest": max(numbers, default=None), "seen_at": last.stored_at}
        await conn.execute(insert(newest).values(**_columns(_score(last)), **more))


def _columns(score: Score) -> dict[str, Any]:
    """The columns that rows of both tables have."""
    kept = None if score.points is None else hundredths(score.points)
    key = {"shop_id": score.shop_id, "fact": score.fact, "day": score.day}
    return {**key, "hundredths": kept, "scale": score.scale, "source": score.source.value}


def _score(row: Row[Any]) -> Score:
    value = None if row.hundredths is None else points(row.hundredths)
    return Score(row.shop_id, row.fact, row.day, value, row.scale, Source(row.source))
