"""Inbox → handler → outbox: an update has a transaction alone, or shares the transaction of a group of different chats.

When a group fails, the group is rolled back and each update is handled alone. An update that fails counts a try, waits
longer each time, and is dead after the last try, for an operator to see and requeue.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import logs
from bot.clock import Clock, milliseconds
from bot.delivery.reservations import Reservations
from bot.loop import repeat
from storage import chats, inbox
from storage.inbox import Arrival, NotFirstError, Waiting
from storage.outbox import Message

GROUP: Final = 50
FEW: Final = 5
MOST_TRIES: Final = 5
LONGEST_WAIT_S: Final = 60.0
HANDLING_S: Final = 30.0
"""A handler that takes longer has failed."""

LOOK_S: Final = 1.0
"""How often to look for rows whose wait is over, or that another process put in."""

log = structlog.get_logger(__name__)


class Handler(Protocol):
    """The messages to send for an update; changes go through `conn`. May raise: the update is tried again."""

    async def __call__(self, update: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]: ...


class Worker:
    """Handles the updates of the inbox, in order within each chat."""

    def __init__(
        self, engine: AsyncEngine, handle: Handler, reservations: Reservations, clock: Clock, group: int = GROUP
    ) -> None:
        self._engine = engine
        self._handle = handle
        self._reservations = reservations
        self._clock = clock
        self._group = group
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Handle until told to stop; the transaction under way is finished."""
        await repeat(
            self._step_and_wait, stop, self._clock, failed="inbox not handled", again_s=LOOK_S, wake=self._wake
        )

    async def _step_and_wait(self) -> float:
        return 0.0 if await self.step() else LOOK_S

    async def receive(self, arrivals: Sequence[Arrival]) -> None:
        """Return when the arrivals are on disk. A few at a time are handled in the same transaction."""
        if not self._may_handle_at_once(arrivals) or not await self._at_once(arrivals):
            async with self._engine.begin() as conn:
                await inbox.add(conn, arrivals, milliseconds(self._clock))
            self.wake()

    def _may_handle_at_once(self, arrivals: Sequence[Arrival]) -> bool:
        is_one_a_chat = len({one.chat_id for one in arrivals}) == len(arrivals)
        return len(arrivals) <= FEW and is_one_a_chat and not any(one.error for one in arrivals)

    async def _at_once(self, arrivals: Sequence[Arrival]) -> bool:
        """Keep and handle in the same transaction; False when the transaction failed, and nothing is kept."""
        try:
            await self._handle_together(lambda conn: inbox.add_handled(conn, arrivals, milliseconds(self._clock)))
        except OperationalError:
            raise  # the database is locked, full or away: no update is to blame
        except NotFirstError:
            return False
        except Exception as error:
            log.warning("not handled on arrival", error=type(error).__name__)
            return False
        return True

    async def step(self) -> int:
        """Handle the next group; how many updates were taken up."""
        try:
            return await self._handle_together(self._next)
        except OperationalError:
            raise
        except Exception as error:
            log.warning("a group failed: each is handled alone", error=type(error).__name__)
            return await self._one_by_one()

    async def _next(self, conn: AsyncConnection) -> list[Waiting]:
        rows = await inbox.next_updates(conn, milliseconds(self._clock), self._group)
        if rows:
            await inbox.done(conn, [row.id for row in rows], milliseconds(self._clock))
        return rows

    async def _handle_together(self, rows_of: Callable[[AsyncConnection], Awaitable[list[Waiting]]]) -> int:
        """Take rows, handle the rows and enqueue the replies in the same transaction, then send; how many rows."""
        reservation = None
        try:
            async with self._engine.begin() as conn:
                rows = await rows_of(conn)
                reservation = self._reservations.reserve(await self._replies(conn, rows))
                await self._reservations.write(conn, reservation)
        except BaseException:
            if reservation:
                self._reservations.cancel(reservation)
            raise
        self._reservations.launch(reservation)
        return len(rows)

    async def _replies(self, conn: AsyncConnection, rows: Sequence[Waiting]) -> list[Message]:
        """Run the handler on each row."""
        now = self._clock.now()
        if back := [row.chat_id for row in rows if row.chat_state == chats.BLOCKED]:
            await chats.revive(conn, back, milliseconds(self._clock))
        replies: list[Message] = []
        for row in rows:
            update = json.loads(row.body)
            with logs.about(update, row.chat_id):
                async with asyncio.timeout(HANDLING_S):
                    replies.extend(await self._handle(update, conn, now))
        return replies

    async def _one_by_one(self) -> int:
        """Handle the next rows, each in a transaction alone; how many rows."""
        async with self._engine.begin() as conn:
            rows = await inbox.next_updates(conn, milliseconds(self._clock), self._group)
        for row in rows:
            try:
                await self._handle_together(partial(self._only, row=row))
            except OperationalError:
                raise
            except Exception as error:
                await self._count_failure(row, error)
        return len(rows)

    async def _only(self, conn: AsyncConnection, row: Waiting) -> list[Waiting]:
        """The row, if still to be handled."""
        return [row] if await inbox.done_now(conn, row.id, milliseconds(self._clock)) else []

    async def _count_failure(self, row: Waiting, error: Exception) -> None:
        why = type(error).__name__
        tries = row.tries + 1
        with logs.about(json.loads(row.body), row.chat_id):
            log.error("update failed", row=row.id, tries=tries, error=why)
        async with self._engine.begin() as conn:
            if tries >= MOST_TRIES:
                await inbox.mark_dead(conn, row.id, why)
            else:
                wait_s = min(LONGEST_WAIT_S, 0.5 * 3.0**row.tries)
                await inbox.failed(conn, row.id, why, milliseconds(self._clock) + int(wait_s * 1000))
