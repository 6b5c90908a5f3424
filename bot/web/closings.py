"""A closing is told at once, whatever the hour of the daily check; all else that rows bring is the daily check's."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.watch.judge import Session, judge
from bot.watch.look import Watch, look
from rules.levels import Level, hundredths, thresholds
from rules.watch import WORSE_WITHIN_DAYS
from storage import urgent
from storage.scores import scale_of
from storage.urgent import Closing


async def tell_closings(conn: AsyncConnection, watch: Watch, now: datetime) -> int:
    """Judge those whom the rows just stored tell of a closing; how many notices are on their way. Same transaction."""
    found = await urgent.pairs(conn, _closings(watch, now))
    if not found:
        return 0
    counts = await judge(conn, Session(watch, look(watch, watch.today(now), now), now), found)
    return sum(count for reason, count in counts.items() if reason.at_once)


def _closings(watch: Watch, now: datetime) -> list[Closing]:
    """The highest closing limit of each score."""
    since = watch.today(now) - timedelta(WORSE_WITHIN_DAYS)
    limits: dict[str, int] = {}
    for one in thresholds(watch.edition):
        if one.level is Level.CLOSING:
            limits[one.fact] = max(limits.get(one.fact, 0), hundredths(one.limit))
    return [Closing(fact, scale_of(watch.edition.fact(fact)), limit, since) for fact, limit in limits.items()]
