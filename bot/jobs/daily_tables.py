"""The daily table of a chat's shops, for chats that wish one: once a day, after the daily check, at the chat's hours.

The words are made when the table is due, with the scores of then. A chat's table is noted as made in the transaction
that puts it into the outbox, so that no stop and no second process makes two.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.journeys.context import Context
from bot.logs import chat_name
from bot.loop import repeat
from bot.telegram.messages import say
from bot.views.instead import instead_of
from bot.views.render import Rendered, render
from bot.views.standing import standing_of
from bot.warnings.policy import due
from bot.warnings.schedule import JOB
from rules.case import edition_of
from storage import cases, jobs, outbox, preferences, shops
from storage.outbox import Lane
from storage.preferences import Wish

log = structlog.get_logger(__name__)
LOOK_S: Final = 30.0


@dataclass(eq=False, repr=False)
class DailyTables:
    """Makes the tables. `wake` tells the delivery of messages to send."""

    engine: AsyncEngine
    context: Context
    clock: Clock
    wake: Callable[[], None] = lambda: None

    async def run(self, stop: asyncio.Event) -> None:
        """Look every half minute for chats whose time has come, until told to stop."""
        await repeat(self._step_and_wait, stop, self.clock, failed="daily tables not made", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        await self.step()
        return LOOK_S

    async def step(self) -> int:
        """Make the tables that are due, those of the newest daily check; their number."""
        now = self.clock.now()
        async with self.engine.connect() as conn:
            day = await jobs.last_day(conn, JOB)
            wishes = await preferences.tables_ahead(conn, day) if day else []
        made = sum([await self._try(wish, day) for wish in wishes if day and self.due(wish, day, now) <= now])
        if made:
            self.wake()
        return made

    def due(self, wish: Wish, day: date, now: datetime) -> datetime:
        """When the chat's table of the day is due: at the time of its daily message, outside its quiet hours.

        A time inside the quiet hours that end on another day is none: then right after the check. A table that is late
        keeps to the quiet hours too.
        """
        zone, quiet = self.context.zone, wish.hours.hours(self.context.quiet_hours)
        checked = datetime.combine(day, self.context.daily_check_at, zone)
        at = due(checked, zone, quiet, wish.hours.digest_at)
        at = at if at.astimezone(zone).date() == day else due(checked, zone, quiet)
        return max(at, due(now, zone, quiet))

    async def _try(self, wish: Wish, day: date) -> bool:
        """Make the chat's table; a table that can't be made is tried again later and stops no other."""
        try:
            return await self._make(wish, day)
        except Exception as error:
            log.error("daily table not made", chat=chat_name(wish.chat_id), error=type(error).__name__)
            return False

    async def _make(self, wish: Wish, day: date) -> bool:
        """Put the chat's table into the outbox, unless it is made or the chat has no shops."""
        async with self.engine.begin() as conn:
            if not await preferences.take_table(conn, wish.chat_id, day):
                return False
            rendered = await self._table(conn, wish)
            messages = list(say(wish.chat_id, rendered, numbered=True, lane=Lane.WARNING)) if rendered else []
            await outbox.enqueue(conn, messages, milliseconds(self.clock))
            return bool(messages)

    async def _table(self, conn: AsyncConnection, wish: Wish) -> Rendered | None:
        """Where the chat's shops stand now, the worst first; None without shops."""
        context = self.context.of_edition(wish.edition)
        today = context.today(self.clock.now())
        found = [(shop, await cases.of_shop(conn, shop)) for shop in await shops.of_chat(conn, wish.chat_id)]
        standings = [
            standing_of(edition_of(context.catalogue, case, context.edition), shop, case, today) for shop, case in found
        ]
        values = {"edition": context.edition, "today": today, "instead": partial(instead_of, context.catalogue, today)}
        worst_first = sorted(standings, key=lambda one: one.rank)
        return render("scores/table", standings=worst_first, **values) if found else None
