"""The daily check of one day over all followers: in short transactions, so that nobody's reply waits long for it.

Killed half way it may be run again: what was decided is kept with the notices that came of it.
"""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.watch.judge import Session, judge, remind
from bot.watch.look import Watch, look
from rules.reasons import Reason
from storage import watching

SHOPS_A_CHUNK: Final = 25_000
HOLD_S: Final = 30
"""So long after its beginning a check of several chunks is expected to be over."""

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
        """Judge chunk by chunk, each in its own transaction; the last shop of each."""
        async with self._engine.begin() as conn:
            last = await watching.last_shop(conn)
            if last > SHOPS_A_CHUNK:
                self._session.hold_s = HOLD_S
            self.counts += await remind(conn, self._session)
        for first in range(1, last + 1, SHOPS_A_CHUNK):
            end = min(first + SHOPS_A_CHUNK - 1, last)
            async with self._engine.begin() as conn:
                self.counts += await judge(conn, self._session, first, end)
            yield end
