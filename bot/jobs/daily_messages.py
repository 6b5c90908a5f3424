"""A message of each day for the chats that wish one: once a day, after the daily check, at the chat's hours.

The words are made when the message is due, with the scores of then. A chat's message is noted as made in the
transaction that puts it into the outbox, so that no stop and no second process makes two.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.journeys.context import Context
from bot.logs import chat_name
from bot.loop import repeat
from bot.telegram.messages import say
from bot.views.render import Rendered
from bot.warnings.policy import due
from bot.warnings.schedule import JOB
from bot.warnings.set_aside import Place, SetAside
from storage import jobs, outbox, preferences
from storage.database.blame import is_of_a_row
from storage.outbox import Lane
from storage.preferences import Daily, Wish

log = structlog.get_logger(__name__)
LOOK_S: Final = 30.0


@dataclass(eq=False, repr=False)
class DailyMessages:
    """Makes the messages of one kind. `wake` tells the delivery of messages to send."""

    engine: AsyncEngine
    context: Context
    clock: Clock
    wake: Callable[[], None] = lambda: None
    daily: ClassVar[Daily]

    async def words(self, conn: AsyncConnection, wish: Wish) -> Rendered | None:
        """The chat's message as of now; None where the chat gets none."""
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        """Look every half minute for chats whose time has come, until told to stop."""
        await repeat(self._step_and_wait, stop, self.clock, failed="daily messages not made", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        await self.step()
        return LOOK_S

    async def step(self) -> int:
        """Make the messages that are due, those of the newest daily check; their number."""
        now = self.clock.now()
        async with self.engine.connect() as conn:
            day = await jobs.last_day(conn, JOB)
            wishes = await preferences.ahead(conn, self.daily, day) if day else []
        made = sum([await self._try(wish, day) for wish in wishes if day and self.due(wish, day, now) <= now])
        if made:
            self.wake()
        return made

    def due(self, wish: Wish, day: date, now: datetime) -> datetime:
        """When the chat's message of the day is due: at the time of its daily message, outside its quiet hours.

        A time inside the quiet hours that end on another day is none: then right after the check. A message that is
        late keeps to the quiet hours too.
        """
        zone, quiet = self.context.zone, wish.hours.hours(self.context.quiet_hours)
        checked = datetime.combine(day, self.context.daily_check_at, zone)
        at = due(checked, zone, quiet, wish.hours.digest_at)
        at = at if at.astimezone(zone).date() == day else due(checked, zone, quiet)
        return max(at, due(now, zone, quiet))

    async def _try(self, wish: Wish, day: date) -> bool:
        """Make the chat's message; one that can't be made is left out for the day and stops no other.

        Where the database is at fault, it is tried again later.
        """
        try:
            return await self._make(wish, day)
        except Exception as error:
            if is_of_a_row(error):
                await self._leave_out(wish, day, error)
            else:
                name, kind = chat_name(wish.chat_id), type(error).__name__
                log.error("daily message not made", daily=self.daily.value, chat=name, error=kind)
            return False

    async def _leave_out(self, wish: Wish, day: date, error: Exception) -> None:
        """Count the chat's message of the day as made, and tell the operators."""
        aside = SetAside(Place.DAILY)
        aside(chat_name(wish.chat_id), error)
        async with self.engine.begin() as conn:
            await preferences.take(conn, wish.chat_id, self.daily, day)
            await aside.tell_in(conn, self.context.admins, milliseconds(self.clock))

    async def _make(self, wish: Wish, day: date) -> bool:
        """Put the chat's message into the outbox, unless it is made or the chat gets none."""
        async with self.engine.begin() as conn:
            if not await preferences.take(conn, wish.chat_id, self.daily, day):
                return False
            rendered = await self.words(conn, wish)
            messages = list(say(wish.chat_id, rendered, numbered=True, lane=Lane.WARNING)) if rendered else []
            await outbox.enqueue(conn, messages, milliseconds(self.clock))
            return bool(messages)
