"""The daily check of one day over all followers: in short transactions, so that nobody's reply waits long for it.

Killed half way it may be run again: what was decided is kept with the notices that came of it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.watch.judge import Session, judge
from bot.watch.look import Watch, look
from rules.reasons import Reason
from storage import watching
from storage.watching import Pair

SHOPS_A_LOOK: Final = 50_000
FOLLOWERS_A_CHUNK: Final = 4_000

log = structlog.get_logger(__name__)


class Sweep:
    """One day's check. Iterate over `chunks` to run it; `counts` are the outcomes so far."""

    def __init__(self, engine: AsyncEngine, watch: Watch, day: date, now: datetime, *, is_late: bool = False) -> None:
        self.counts: Counter[Reason] = Counter()
        self._engine = engine
        self._session = Session(watch, look(watch, day, now), now, is_late)

    async def run(self) -> Counter[Reason]:
        """The whole check; how many outcomes of each kind there were."""
        async for _ in self.chunks():
            pass
        return self.counts

    async def chunks(self) -> AsyncIterator[int]:
        """Judge chunk by chunk, each in its own transaction; how many followers each had."""
        for chunk in _chunks(sorted(await self._candidates())):
            async with self._engine.begin() as conn:
                self.counts += await judge(conn, self._session, chunk)
            yield len(chunk)

    async def _candidates(self) -> set[Pair]:
        wanted = self._session.look
        async with self._engine.begin() as conn:
            last = await watching.last_shop(conn)
            found = await watching.due_milestones(conn, wanted.day)
        for first in range(1, last + 1, SHOPS_A_LOOK):
            async with self._engine.begin() as conn:
                found |= await watching.candidates(conn, wanted, first, first + SHOPS_A_LOOK - 1)
        return found


def _chunks(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    """Some thousand followers each, never a chat's in two: what it hears is one message."""
    start = 0
    while start < len(pairs):
        end = min(start + FOLLOWERS_A_CHUNK, len(pairs))
        while end < len(pairs) and pairs[end][0] == pairs[end - 1][0]:
            end += 1
        yield pairs[start:end]
        start = end
