"""Inbox → handler → outbox: an update has a transaction alone, or shares the transaction of a group of different chats.

When a group fails, the group is rolled back and each update is handled alone. An update that fails counts a try, and is
dead after the last, for an operator to see and requeue; then the next update of the chat is handled. How many tries an
update has depends on the error: a handler that failed by itself fails again, and what can't be read is not tried again.
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
from storage.database.blame import is_of_a_row
from storage.inbox import Arrival, NotFirstError, Unreadable, Waiting
from storage.outbox import Message

GROUP: Final = 50
FEW: Final = 5
MOST_TRIES: Final = 5
"""When the database, or time, is to blame: the chat waits up to 20 s, as all chats are likely to."""

FEW_TRIES: Final = 2
"""When the handler is to blame; the second for what two updates at once did to each other."""

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
HANDLING_S: Final = 30.0
"""A handler that takes longer has failed."""

LOOK_S: Final = 1.0
"""How often to look for rows whose wait is over, or that another process put in."""

log = structlog.get_logger(__name__)


class Handler(Protocol):
    """The messages to send for an update; changes go through `conn`. May raise: the update is tried again."""

    async def __call__(self, update: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]: ...


Apology = Callable[[dict[str, Any], datetime], Sequence[Message]]
"""What the person is told of an update that was given up after the handler failed."""


def silence(_update: dict[str, Any], _now: datetime) -> Sequence[Message]:
    """No apology."""
    return ()


class Worker:
    """Handles the updates of the inbox, in order within each chat."""

    def __init__(
        self,
        engine: AsyncEngine,
        handle: Handler,
        reservations: Reservations,
        clock: Clock,
        *,
        group: int = GROUP,
        apology: Apology = silence,
    ) -> None:
        self._engine = engine
        self._handle = handle
        self._reservations = reservations
        self._clock = clock
        self._group = group
        self._apology = apology
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

    async def receive(self, arrivals: Sequence[Arrival]) -> int:
        """How many arrivals are new, when all are on disk. A few at a time are handled in the same transaction."""
        for one in arrivals:
            if one.error:
                log.error("update set aside", key=one.key, chat=logs.chat_name(one.chat_id), why=one.error)
        new = await self._at_once(arrivals) if self._may_handle_at_once(arrivals) else None
        if new is None:
            async with self._engine.begin() as conn:
                new = await inbox.add(conn, arrivals, milliseconds(self._clock))
            self.wake()
        return new

    def _may_handle_at_once(self, arrivals: Sequence[Arrival]) -> bool:
        is_one_a_chat = len({one.chat_id for one in arrivals}) == len(arrivals)
        return len(arrivals) <= FEW and is_one_a_chat and not any(one.error for one in arrivals)

    async def _at_once(self, arrivals: Sequence[Arrival]) -> int | None:
        """Keep and handle in the same transaction: how many were new; None when it failed, and nothing is kept."""
        try:
            return await self._handle_together(
                lambda conn: inbox.add_handled(conn, arrivals, milliseconds(self._clock))
            )
        except OperationalError:
            raise  # the database is locked, full or away: no update is to blame
        except NotFirstError:
            return None
        except Exception as error:
            log.warning("not handled on arrival", error=type(error).__name__)
            return None

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
        count = 0

        async def work(conn: AsyncConnection) -> list[Message]:
            nonlocal count
            rows = await rows_of(conn)
            count = len(rows)
            return await self._replies(conn, rows)

        await self._committed(work)
        return count

    async def _committed(self, work: Callable[[AsyncConnection], Awaitable[Sequence[Message]]]) -> None:
        """Do the work and enqueue its messages in the same transaction, then send."""
        reservation = None
        try:
            async with self._engine.begin() as conn:
                reservation = self._reservations.reserve(await work(conn))
                await self._reservations.write(conn, reservation)
        except BaseException:
            if reservation:
                self._reservations.cancel(reservation)
            raise
        self._reservations.launch(reservation)

    async def _replies(self, conn: AsyncConnection, rows: Sequence[Waiting]) -> list[Message]:
        """Run the handler on each row."""
        now = self._clock.now()
        if back := [row.chat_id for row in rows if row.chat_state == chats.BLOCKED]:
            await chats.revive(conn, back, milliseconds(self._clock))
        replies: list[Message] = []
        for row in rows:
            update = _update_in(row)
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
        why = str(error) if isinstance(error, Unreadable) else type(error).__name__
        tries = row.tries + 1
        update = _update_or_nothing(row)
        with logs.about(update, row.chat_id):
            log.error("update failed", row=row.id, tries=tries, error=why)
            if tries >= most_tries(error):
                await self._give_up(row, why, () if isinstance(error, Unreadable) else self._sorry(update))
                return
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 3.0**row.tries)
        async with self._engine.begin() as conn:
            await inbox.failed(conn, row.id, why, milliseconds(self._clock) + int(wait_s * 1000))

    async def _give_up(self, row: Waiting, why: str, said: Sequence[Message]) -> None:
        async def work(conn: AsyncConnection) -> Sequence[Message]:
            return said if await inbox.mark_dead(conn, row.id, why) else ()

        await self._committed(work)

    def _sorry(self, update: dict[str, Any]) -> Sequence[Message]:
        try:
            return self._apology(update, self._clock.now())
        except Exception as error:
            log.error("no apology", error=type(error).__name__)
            return ()


def _update_in(row: Waiting) -> Any:
    """The update of the row. Raises Unreadable."""
    try:
        return json.loads(row.body)
    except (ValueError, TypeError, RecursionError):
        raise Unreadable("the row holds no JSON that can be read") from None


def _update_or_nothing(row: Waiting) -> Any:
    """The update of the row; an empty one where it can't be read."""
    try:
        return _update_in(row)
    except Unreadable:
        return {}


def most_tries(error: Exception) -> int:
    """How often an update is tried that fails with the error."""
    if isinstance(error, Unreadable):
        return 1
    return FEW_TRIES if is_of_a_row(error) else MOST_TRIES
