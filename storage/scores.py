"""Scores day by day: a row for each shop, fact and day, and the newest of each shop and fact, with silence as SQL.

A row keeps the scale of the score: scores of another scale are never compared. "No score" is a row of its own, without
points, and the newest row counts. `storage.score_files` stores many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Fact
from rules.lines import hundredths, points
from rules.outlook import Point
from rules.sources import SOURCES, Source
from storage.database.dialect import upsert
from storage.schema import newest, scores

PICTURE_DAYS = 30


@dataclass(frozen=True)
class Score:
    """A row. `points`: None for "no score". `scale`: of the edition in force when the score was given, see
    `rules.edition.Fact.scale`."""

    shop_id: int
    fact: str
    day: date
    points: Decimal | None
    scale: str
    source: Source


class Recorded(StrEnum):
    """The effect of recording a row."""

    NEW = "new"
    CORRECTED = "corrected"
    SAME = "same"


async def record(conn: AsyncConnection, score: Score, now_ms: int) -> Recorded:
    """Keep a row; another score for the same day is a correction. Raises ValueError when finer than hundredths."""
    same_row = (scores.c.fact == score.fact, scores.c.day == score.day, scores.c.shop_id == score.shop_id)
    known = (await conn.execute(select(scores).where(*same_row))).one_or_none()
    kept = None if score.points is None else hundredths(score.points)
    if known and known.hundredths == kept and (kept is None or known.scale == score.scale):
        return Recorded.SAME
    values = {"hundredths": kept, "scale": score.scale, "source": score.source.value}
    key = {"fact": score.fact, "day": score.day, "shop_id": score.shop_id}
    change = upsert(conn.dialect.name, scores).values(key | values | {"stored_at": now_ms})
    await conn.execute(
        change.on_conflict_do_update(index_elements=list(key), set_=values | {"stored_at": now_ms}),
    )
    await _put_newest(conn, key | values, now_ms)
    if known is None:
        return Recorded.NEW
    return Recorded.SAME if known.hundredths is None and kept is None else Recorded.CORRECTED


async def _put_newest(conn: AsyncConnection, row: dict[str, Any], now_ms: int) -> None:
    fresh = {**row, "highest": row["hundredths"], "seen_at": now_ms}
    statement = upsert(conn.dialect.name, newest).values(fresh)
    await conn.execute(_if_newer(statement))


def _if_newer(insert: Any) -> Any:
    """The insert, replacing an older row; a correction of the newest row is no sign of life."""
    given = insert.excluded
    is_newest, same_scale = given.day >= newest.c.day, newest.c.scale == given.scale
    values = {
        name: case((is_newest, given[name]), else_=newest.c[name]) for name in ("day", "hundredths", "scale", "source")
    }
    values["seen_at"] = case((given.day > newest.c.day, given.seen_at), else_=newest.c.seen_at)
    is_higher = func.coalesce(newest.c.highest, -1) > func.coalesce(given.hundredths, -1)
    values["highest"] = case((same_scale & is_higher, newest.c.highest), else_=given.hundredths)
    change = is_newest | (same_scale & ~is_higher)
    return insert.on_conflict_do_update(index_elements=["shop_id", "fact"], set_=values, where=change)


async def latest(conn: AsyncConnection, shop_id: int) -> dict[str, Score]:
    """The shop's newest rows, by fact."""
    return (await latest_of(conn, [shop_id])).get(shop_id, {})


async def latest_of(conn: AsyncConnection, shop_ids: Sequence[int]) -> dict[int, dict[str, Score]]:
    """The newest rows of the shops, by shop and fact; shops without any are left out."""
    found: dict[int, dict[str, Score]] = {}
    for row in (await conn.execute(select(newest).where(newest.c.shop_id.in_(shop_ids)))).all():
        found.setdefault(row.shop_id, {})[row.fact] = _score(row)
    return found


async def series(
    conn: AsyncConnection, shop_id: int, fact: Fact, until: date, *, days: int = PICTURE_DAYS
) -> list[Point]:
    """The scores on the fact's scale of the last `days` days up to `until`, in order; days without a score are left
    out."""
    span = [until - timedelta(back) for back in range(days)]
    its = (scores.c.fact == fact.id, scores.c.day.in_(span), scores.c.shop_id == shop_id)
    is_scored = (scores.c.scale == fact.scale, scores.c.hundredths.is_not(None))
    query = select(scores.c.day, scores.c.hundredths).where(*its, *is_scored)
    rows = (await conn.execute(query.order_by(scores.c.day))).all()
    return [(row.day, points(row.hundredths)) for row in rows]


def _score(row: Any) -> Score:
    return Score(row.shop_id, row.fact, row.day, as_points(row.hundredths), row.scale, Source(row.source))


def as_points(kept: int | None) -> Decimal | None:
    """A kept score in points; None for "no score"."""
    return None if kept is None else points(kept)


def is_stale(seen: FromClause, today: date, now_ms: int) -> ColumnElement[bool]:
    """Whether a row of `newest` is about too old a day, or came too long ago: `rules.sources.SOURCES` as SQL."""
    return or_(
        *(
            and_(
                seen.c.source == source.value,
                or_(
                    seen.c.seen_at < silent_before(source, now_ms),
                    seen.c.day < today - timedelta(traits.lagging_days),
                ),
            )
            for source, traits in SOURCES.items()
        )
    )


def silent_before(source: Source, now_ms: int) -> int:
    """The instant (epoch ms) before which the source's last sign of life is too long ago."""
    return now_ms - SOURCES[source].stale_after // timedelta(milliseconds=1)
