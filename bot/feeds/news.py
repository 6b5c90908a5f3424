"""What the rows just stored make news of at once.

Closings reach the followers at once, at whatever hour. All other news waits for the day's check; after the check it is
judged when it arrives, and waits for quiet hours only.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.followers import Session, decide_for, session_of
from bot.warnings.policy import WatchPolicy
from bot.warnings.schedule import JOB
from bot.warnings.sweep import HOLD_S, SHOPS_A_CHUNK
from rules.reasons import Reason
from rules.watch import WORSE_WITHIN_DAYS
from storage import jobs
from storage.daily_check import arrived
from storage.score_files import Incoming


async def tell(conn: AsyncConnection, watch: WatchPolicy, incoming: Incoming) -> int:
    """Decide for the followers concerned, in the rows' transaction; how many followers hear of a closing."""
    sessions, spans = await _begun(conn, watch, incoming)
    counts = Counter[Reason]()
    for session in sessions:
        for first, last in spans:
            counts += await decide_for(conn, session, first, last)
    return _closings(counts)


async def foretell(conn: AsyncConnection, watch: WatchPolicy, incoming: Incoming) -> bool:
    """Decide as a check of all shops of the rows would, for a rehearsal; whether the check of the day is over.

    Every notice is a new one, as the caller tells them by their numbers.
    """
    sessions, spans = await _begun(conn, watch, incoming, is_rehearsal=True)
    for session in sessions:
        session.may_wait = set()
        for first, last in spans:
            await decide_for(conn, session, first, last)
    return await _is_checked(conn, watch, incoming)


def _closings(counts: Counter[Reason]) -> int:
    return sum(count for reason, count in counts.items() if reason.at_once)


async def tell_apart(conn: AsyncConnection, watch: WatchPolicy, incoming: Incoming) -> int:
    """Decide for the followers concerned by a whole file, a transaction for each span of shops; as `tell`."""
    async with conn.begin():
        sessions, spans = await _begun(conn, watch, incoming)
    counts = Counter[Reason]()
    for session in sessions:
        for first, last in spans:
            async with conn.begin():
                counts += await decide_for(conn, session, first, last)
    return _closings(counts)


async def _begun(
    conn: AsyncConnection, watch: WatchPolicy, incoming: Incoming, *, is_rehearsal: bool = False
) -> tuple[list[Session], list[tuple[int, int]]]:
    """A run for each scale over the shops whose news can't wait, and the spans of their numbers."""
    now = datetime.fromtimestamp(incoming.now_ms / 1000, UTC)
    today = watch.today(now)
    if is_rehearsal or await _is_checked(conn, watch, incoming):
        await arrived.fill_all(conn)
    else:
        await arrived.fill_closings(conn, watch.edition, incoming, today - timedelta(WORSE_WITHIN_DAYS))
    spans = await arrived.spans(conn, SHOPS_A_CHUNK)
    of_scales = await arrived.scales(conn) if spans else set()
    used = [one for one in watch.each if one.is_setting or one.scale in of_scales]
    sessions = [await session_of(conn, one, today, now, only_arrived=True) for one in used] if spans else []
    for session in sessions:
        session.hold_s = HOLD_S if len(spans) > 1 else 0
    return sessions, spans


async def _is_checked(conn: AsyncConnection, watch: WatchPolicy, incoming: Incoming) -> bool:
    """Whether the check of the day is over."""
    checked = await jobs.last_day(conn, JOB)
    return checked is not None and checked >= watch.today(datetime.fromtimestamp(incoming.now_ms / 1000, UTC))
