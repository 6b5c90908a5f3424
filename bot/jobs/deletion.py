"""The daily deletion after the storage periods: once a day over all processes, in short transactions."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.loop import repeat
from storage import jobs, retention, unfound
from storage.outbox import Lease
from storage.retention import PERIODS, Periods

NAME: Final = "retention"
FIRST_LOOK_S: Final = 60.0
LOOK_S: Final = 600.0
LEASE_MS: Final = 600_000

log = structlog.get_logger(__name__)


@dataclass(eq=False, repr=False)
class Retention:
    """Deletes rows older than `periods`. `owner` names the process."""

    engine: AsyncEngine
    clock: Clock
    zone: ZoneInfo
    owner: str
    periods: Periods = PERIODS

    async def run(self, stop: asyncio.Event) -> None:
        """Look every ten minutes whether today's job is done; not at once, a start has better things to do."""
        await self.clock.wait(stop, FIRST_LOOK_S)
        await repeat(self._step_and_wait, stop, self.clock, failed="retention not done", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        await self.today()
        return LOOK_S

    async def today(self) -> Counter[str] | None:
        """Deleted rows of each table; None when today's job is done already, or under way in another process."""
        day, now_ms = self.clock.now().astimezone(self.zone).date(), milliseconds(self.clock)
        async with self.engine.begin() as conn:
            if not await jobs.take(conn, NAME, day, Lease(self.owner, now_ms + LEASE_MS), now_ms, today=day):
                return None
        counts = await self._delete(day, now_ms)
        async with self.engine.begin() as conn:
            await jobs.done(conn, NAME, day, self.owner, now_ms)
        log.info("retention done", **counts)
        return counts

    async def _delete(self, day: date, now_ms: int) -> Counter[str]:
        counts: Counter[str] = Counter()
        for rule in retention.rules(self.periods, day, now_ms):
            gone = retention.ROWS_A_STEP
            while gone == retention.ROWS_A_STEP:
                async with self.engine.begin() as conn:
                    gone = await retention.step(conn, rule)
                counts[rule.table.name] += gone
        async with self.engine.begin() as conn:
            await unfound.erase(conn, now_ms)
        blocked = retention.CHATS_A_STEP
        while blocked == retention.CHATS_A_STEP:
            async with self.engine.begin() as conn:
                blocked = await retention.forget_blocked(conn, self.periods, now_ms)
            counts["blocked"] += blocked
        return +counts
