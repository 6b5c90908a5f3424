"""The daily watch over the rules, once over all processes, for the operators.

Editions that nobody has compared with their source of late, and, if `RULE_NOTICES` names a list, the platform's notices
about the rules of the catalogue. A list that can't be read is tried again and told after two days, once an outage.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.jobs.rule_list import UnreadableError, fetched
from bot.jobs.rule_news import DAY_MS, RuleNews
from bot.journeys.context import Context
from bot.loop import in_parts, repeat
from bot.proxies import Proxy
from bot.warnings.schedule import newest_due
from bot.warnings.set_aside import Place, SetAside
from rules.checked import in_use, overdue
from rules.edition import Catalogue
from rules.notices import Listed, NoListError, read
from rules.rule_texts import Found, found_in, texts_of
from storage import jobs, rule_lists
from storage.outbox import Lease

NAME: Final = "rules"
FIRST_LOOK_S: Final = 60.0
LOOK_S: Final = 1800.0
LEASE_MS: Final = 600_000
OUTAGE_MS: Final = 2 * DAY_MS

log = structlog.get_logger(__name__)


async def list_at(place: str, proxy: Proxy | None = None, ca: Path | None = None) -> Listed:
    """The list at the place, had as `fetched` does. Raises UnreadableError, also when no entry can be read."""
    try:
        listed = read(await fetched(place, proxy, ca))
    except NoListError as error:
        raise UnreadableError(str(error)) from None
    if listed.bad and not listed.notices:
        raise UnreadableError(f"{listed.bad[0]}, and no other entry is well")
    return listed


async def _state(news: RuleNews, place: str, lists: Sequence[Listed]) -> None:
    async with news.conn.begin_nested():
        for listed in lists:
            await news.state_of_list(place, listed)


async def _told(news: RuleNews, catalogue: Catalogue, found: Sequence[Found]) -> int:
    """The number of notices told."""
    async with news.conn.begin_nested():
        return len(await news.notices(found, catalogue))


@dataclass(eq=False, repr=False)
class RuleWatch:
    """`place`: the list of notices, a file or an address, "" for none, had through `proxy`. `owner`: the process.

    `ca`: a file of certificates that are trusted besides those of the system.
    """

    engine: AsyncEngine
    context: Context
    clock: Clock
    place: str
    owner: str
    wake: Callable[[], None] = lambda: None
    proxy: Proxy | None = None
    ca: Path | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Look every half hour whether today's job is done; not at once, a start has better things to do."""
        await self.clock.wait(stop, FIRST_LOOK_S)
        await repeat(self._step_and_wait, stop, self.clock, failed="rules not watched", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        await self.step()
        return LOOK_S

    async def step(self) -> bool:
        """Do the job of the day, due at the hour of the daily check; False when done, or to be tried again."""
        now, now_ms = self.clock.now(), milliseconds(self.clock)
        day = newest_due(now, self.context.daily_check_at, self.context.zone).date()
        today = self.context.today(now)
        async with self.engine.begin() as conn:
            if not await jobs.take(conn, NAME, day, Lease(self.owner, now_ms + LEASE_MS), now_ms, today=today):
                return False
        aside = SetAside(Place.RULES)
        await in_parts([today], lambda days: self._remind(days[0], now_ms), lambda _, error: aside("editions", error))
        await aside.tell(self.engine, self.context.admins, now_ms)
        is_done = not self.place or await self._read(today, now_ms)
        if is_done:
            async with self.engine.begin() as conn:
                await jobs.done(conn, NAME, day, self.owner, now_ms)
        self.wake()
        return is_done

    async def _remind(self, today: date, now_ms: int) -> None:
        known = in_use(self.context.catalogue, self.context.setting, today)
        async with self._news(today, now_ms) as news:
            await news.not_compared(overdue(known, today))

    async def _read(self, today: date, now_ms: int) -> bool:
        """Whether the list was read, and what is new in it is told."""
        try:
            listed = await list_at(self.place, self.proxy, self.ca)
        except UnreadableError as error:
            log.warning("rule notices not read", why=str(error))
            await self._could_not_read(str(error), today, now_ms)
            return False
        catalogue = self.context.catalogue
        found = [one for one in found_in(listed.notices, texts_of(catalogue)) if not one.is_known]
        async with self._news(today, now_ms) as news:
            await rule_lists.was_read(news.conn, self.place, now_ms)
            aside = SetAside(Place.RULES)
            await in_parts([listed], partial(_state, news, self.place), lambda _, error: aside("list", error))
            told = await in_parts(
                found, partial(_told, news, catalogue), lambda one, error: aside(one.notice.id, error)
            )
            await aside.tell_in(news.conn, self.context.admins, now_ms)
        log.info("rule notices read", notices=len(listed.notices), bad=len(listed.bad), told=sum(told))
        return True

    async def _could_not_read(self, why: str, today: date, now_ms: int) -> None:
        async with self._news(today, now_ms) as news:
            if await rule_lists.could_not_be_read(news.conn, self.place, now_ms, OUTAGE_MS):
                since_ms = await rule_lists.read_at(news.conn, self.place) or now_ms
                await news.outage(datetime.fromtimestamp(since_ms / 1000, UTC).astimezone(self.context.zone), why)

    @asynccontextmanager
    async def _news(self, today: date, now_ms: int) -> AsyncIterator[RuleNews]:
        async with self.engine.begin() as conn:
            yield RuleNews(conn, self.context.admins, today, now_ms)
