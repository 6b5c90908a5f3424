"""A closing is told at once, whatever the hour of the daily check; all else that rows bring is the daily check's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.followers import Session, decide_for
from bot.warnings.policy import WatchPolicy, day_query
from rules.lines import hundredths, limit_for
from rules.reasons import Reason
from rules.requirements import Effect
from rules.watch import WORSE_WITHIN_DAYS
from storage.daily_check import closings_due
from storage.daily_check.closings_due import Closing
from storage.scores import scale_of


async def tell_closings(conn: AsyncConnection, policy: WatchPolicy, now: datetime) -> int:
    """Judge the shops that the rows just stored tell a closing of; how many chats hear of it. In their transaction."""
    fallen = await closings_due.fallen(conn, _closings(policy, now))
    session = Session(policy, day_query(policy, policy.today(now), now), now)
    counts: Counter[Reason] = Counter()
    for first, last in _runs(fallen):
        counts += await decide_for(conn, session, first, last)
    return sum(count for reason, count in counts.items() if reason.at_once)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run without a gap."""
    for _, run in groupby(enumerate(numbers), key=lambda placed: placed[1] - placed[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


def _closings(policy: WatchPolicy, now: datetime) -> list[Closing]:
    """The highest closing limit of each score."""
    since = policy.today(now) - timedelta(WORSE_WITHIN_DAYS)
    limits: dict[str, int] = {}
    for line in policy.edition.lines:
        if line.effect is Effect.CLOSING:
            limits[line.fact] = max(limits.get(line.fact, 0), hundredths(limit_for(line, {})))
    return [Closing(fact, scale_of(policy.edition.fact(fact)), limit, since) for fact, limit in limits.items()]
