"""What the rows just stored make news of at once.

Closings reach the followers at once, at whatever hour. All other news waits for the day's check; after the check it is
judged when it arrives, and waits for quiet hours only.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.followers import Session, decide_for
from bot.warnings.policy import WatchPolicy, day_query
from bot.warnings.schedule import JOB
from bot.warnings.sweep import HOLD_S, SHOPS_A_CHUNK
from rules.reasons import Reason
from rules.watch import WORSE_WITHIN_DAYS
from storage import jobs
from storage.daily_check import arrived


async def tell(conn: AsyncConnection, watch: WatchPolicy, now_ms: int) -> int:
    """Decide for the followers concerned, in the rows' transaction; how many followers hear of a closing."""
    session, spans = await _begun(conn, watch, now_ms)
    counts = Counter[Reason]()
    for first, last in spans:
        counts += await decide_for(conn, session, first, last)
    return sum(count for reason, count in counts.items() if reason.at_once)


async def tell_apart(conn: AsyncConnection, watch: WatchPolicy, now_ms: int) -> None:
    """Decide for the followers concerned by a whole file, a transaction for each span of shops."""
    async with conn.begin():
        session, spans = await _begun(conn, watch, now_ms)
    for first, last in spans:
        async with conn.begin():
            await decide_for(conn, session, first, last)


async def _begun(conn: AsyncConnection, watch: WatchPolicy, now_ms: int) -> tuple[Session, list[tuple[int, int]]]:
    """A run over the shops whose news can't wait, and the spans of their numbers."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    today = watch.today(now)
    checked = await jobs.last_day(conn, JOB)
    if checked is not None and checked >= today:
        await arrived.fill_all(conn)
    else:
        await arrived.fill_closings(conn, watch.edition, today - timedelta(WORSE_WITHIN_DAYS))
    spans = await arrived.spans(conn, SHOPS_A_CHUNK)
    look = replace(day_query(watch, today, now), only_arrived=True)
    return Session(watch, look, now, hold_s=HOLD_S if len(spans) > 1 else 0), spans
