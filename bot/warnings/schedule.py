"""Runs the daily check at the set hour, once over all processes, and after a stop as soon as a process is up again.

Done checks are rows of the database, and the due check follows from the wall clock alone. So a clock that jumps, a
stalled loop or a stop over the hour only delay the check, and a late check says so.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.loop import repeat
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.reasons import Reason
from storage import jobs
from storage.outbox import Lease

JOB: Final = "sweep"
LEASE_MS: Final = 120_000
"""Renewed with every chunk; an expired lease means a dead process, and another process continues."""

LOOK_S: Final = 30.0
LATE_AFTER: Final = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def newest_due(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in the zone, at which the newest check was due; the day of the instant is the day of the check."""
    begins = datetime.combine(now.astimezone(zone).date(), at, zone)
    while begins > now:
        begins -= timedelta(1)  # twice where the zone left out a day
    return begins


def is_missing(last: date | None, day: date, today: date) -> bool:
    """True when the check of `day` was not done; a new database misses no check of an earlier day than `today`.

    A last check of a day ahead was done by a clock that was wrong: `day` is checked again, and what was told stays.
    """
    return day == today if last is None else last < day or last > today


def overdue(last: date | None, now: datetime, at: time, zone: ZoneInfo) -> timedelta:
    """For how long the newest check has been due; 0 when it is done. `last`: the last day done, None if never."""
    due = newest_due(now, at, zone)
    return now - due if is_missing(last, due.date(), now.astimezone(zone).date()) else timedelta()


@dataclass(eq=False, repr=False)
class Schedule:
    """Runs the daily check. `owner` names this process; `wake` starts the delivery.

    `swept` gets day and outcomes of each check done by this process.
    """

    engine: AsyncEngine
    policy: WatchPolicy
    clock: Clock
    at: time
    owner: str
    admins: Collection[int] = ()
    wake: Callable[[], None] = lambda: None
    swept: Callable[[date, Mapping[Reason, int]], None] = lambda _day, _counts: None

    async def run(self, stop: asyncio.Event) -> None:
        """Look every half minute, and at the hour itself, until told to stop."""
        await repeat(self._step_and_wait, stop, self.clock, failed="daily check failed", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        await self.step()
        return self._wait_s()

    async def step(self) -> Counter[Reason] | None:
        """Run the due check; the number of outcomes of each kind, None when done or taken by another process."""
        now = self.clock.now()
        due = newest_due(now, self.at, self.policy.zone)
        day = due.date()
        if not await self._is_missing(day, self.policy.today(now)) or not await self._take(day):
            return None
        is_late = now - due > LATE_AFTER
        sweep = Sweep(self.engine, self.policy, day, now, is_late=is_late, admins=self.admins)
        async for _ in sweep.chunks():
            if not await self._take(day):
                return None  # it took too long, and another process goes on with it
        async with self.engine.begin() as conn:
            await jobs.done(conn, JOB, day, self.owner, milliseconds(self.clock))
        log.info("daily check done", day=str(day), late=is_late, **{str(k): v for k, v in sweep.counts.items()})
        self.swept(day, sweep.counts)
        self.wake()
        return sweep.counts

    async def _is_missing(self, day: date, today: date) -> bool:
        async with self.engine.begin() as conn:
            return is_missing(await jobs.last_day(conn, JOB), day, today)

    async def _take(self, day: date) -> bool:
        now_ms = milliseconds(self.clock)
        async with self.engine.begin() as conn:
            lease, today = Lease(self.owner, now_ms + LEASE_MS), self.policy.today(self.clock.now())
            return await jobs.take(conn, JOB, day, lease, now_ms, today=today)

    def _wait_s(self) -> float:
        """Seconds until the next check, at most `LOOK_S`."""
        now = self.clock.now()
        due = newest_due(now, self.at, self.policy.zone)
        until_next = (due.astimezone(UTC) + timedelta(1) - now).total_seconds()
        return min(LOOK_S, max(0.05, until_next))
