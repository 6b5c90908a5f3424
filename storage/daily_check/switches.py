"""Which edition judged the scores of a scale at the newest daily check, and when another did so last.

The scores that stood at that instant are no news under the edition that judges now.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.watch import WORSE_WITHIN_DAYS
from storage.daily_check.evidence import DayQuery
from storage.daily_check.scales import fits
from storage.database.dialect import upsert
from storage.schema import scores, swept


async def since(conn: AsyncConnection, scale: str, edition: str) -> int:
    """Epoch ms of the last daily check of the scale by another edition, 0 for none."""
    row = (await conn.execute(select(swept).where(swept.c.scale == scale))).one_or_none()
    if row is None:
        return 0
    return int(row.before_ms if row.edition == edition else row.checked_ms)


async def note(conn: AsyncConnection, scale: str, edition: str, now_ms: int) -> None:
    """Note a daily check of the scale by the edition."""
    values = {"edition": edition, "before_ms": await since(conn, scale, edition), "checked_ms": now_ms}
    statement = upsert(conn.dialect.name, swept).values(scale=scale, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["scale"], set_=values))


async def scores_before(conn: AsyncConnection, look: DayQuery, shop_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """By shop, the hundredths of each watched score as known at the last check by another edition."""
    last = datetime.fromtimestamp(look.since_ms / 1000, UTC).date() + timedelta(1)  # the zone's day may be ahead
    days, ids = [last - timedelta(back) for back in range(WORSE_WITHIN_DAYS + 2)], list(shop_ids)
    found: dict[int, dict[str, int]] = {}
    for one in look.watched:
        its = (scores.c.fact == one.fact, scores.c.day.in_(days), scores.c.shop_id.in_(ids))
        query = select(scores.c.shop_id, scores.c.hundredths).where(*its, fits(scores, one.scale))
        known = query.where(scores.c.stored_at < look.since_ms).order_by(scores.c.day)
        for shop_id, value in (await conn.execute(known)).all():
            found.setdefault(shop_id, {})[one.fact] = value
    return found
