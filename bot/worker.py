"""Inbox → handler → outbox: one update is one transaction, or one of a group of different chats that share one.

When one of a group fails, the group is rolled back and each is handled alone; the one that fails counts a try, waits
longer each time, and is dead after the last: an operator sees and requeues it.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.sender import Sender
from storage import chats, inbox
from storage.inbox import Waiting
from storage.outbox import Message

GROUP: Final = 50
MOST_TRIES: Final = 5
LONGEST_WAIT_S: Final = 60.0
HANDLING_S: Final = 30.0
"""A handler that takes longer has failed."""

LOOK_S: Final = 1.0
"""How often to look for rows whose wait is over, or that another process put in."""

log = structlog.get_logger(__name__)


class Handler(Protocol):
    """What an update brings about: changes through `conn`, and the messages to send. May raise: it is tried again."""

    async def __call__(self, update: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]: ...


class Worker:
    """Handles what is in the inbox, in order within each chat."""

    def __init__(self, engine: AsyncEngine, handle: Handler, sender: Sender, clock: Clock, group: int = GROUP) -> None:
        self._engine = engine
        self._handle = handle
        self._sender = sender
        self._clock = clock
        self._group = group
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Handle until told to stop; the transaction under way is finished."""
        while not stop.is_set():
            self._wake.clear()
            try:
                handled = await self.step()
            except Exception as error:  # the database: the rows are still there
                log.error("inbox not handled", error=type(error).__name__)
                handled = 0
            if not handled:
                await self._clock.wait(self._wake, LOOK_S)

    async def step(self) -> int:
        """Handle the next group; how many updates were taken up."""
        try:
            return await self._together(self._group)
        except OperationalError:
            raise  # the database is locked, full or away: no update is to blame
        except Exception as error:
            log.warning("a group failed: each is handled alone", error=type(error).__name__)
            return await self._one_by_one()

    async def _together(self, limit: int) -> int:
        draft = None
        try:
            async with self._engine.begin() as conn:
                rows = await inbox.heads(conn, milliseconds(self._clock), limit)
                if not rows:
                    return 0
                draft = self._sender.draft(await self._replies(conn, rows))
                await self._sender.write(conn, draft)
        except BaseException:
            if draft:
                self._sender.cancel(draft)
            raise
        self._sender.launch(draft)
        return len(rows)

    async def _replies(self, conn: AsyncConnection, rows: Sequence[Waiting]) -> list[Message]:
        """Run the handler on each row and mark them done."""
        now, now_ms = self._clock.now(), milliseconds(self._clock)
        if back := [row.chat_id for row in rows if row.chat_state == chats.BLOCKED]:
            await chats.revive(conn, back, now_ms)
        replies: list[Message] = []
        for row in rows:
            update = json.loads(row.body)
            async with asyncio.timeout(HANDLING_S):
                replies.extend(await self._handle(update, conn, now))
            if has_left(update):
                await chats.block(conn, row.chat_id, "left or blocked the bot", now_ms)
        await inbox.done(conn, [row.id for row in rows], now_ms)
        return replies

    async def _one_by_one(self) -> int:
        """Handle one update after the other, until each head had its turn; how many there were."""
        taken = 0
        while taken < self._group:
            row = await self._first()
            if row is None:
                break
            taken += 1
            try:
                await self._together(1)
            except OperationalError:
                raise
            except Exception as error:
                await self._count_failure(row, error)
        return taken

    async def _first(self) -> Waiting | None:
        async with self._engine.begin() as conn:
            rows = await inbox.heads(conn, milliseconds(self._clock), 1)
        return rows[0] if rows else None

    async def _count_failure(self, row: Waiting, error: Exception) -> None:
        why = type(error).__name__
        tries = row.tries + 1
        log.error("update failed", row=row.id, tries=tries, error=why)
        async with self._engine.begin() as conn:
            if tries >= MOST_TRIES:
                await inbox.bury(conn, row.id, why)
            else:
                wait_s = min(LONGEST_WAIT_S, 0.5 * 3.0**row.tries)
                await inbox.failed(conn, row.id, why, milliseconds(self._clock) + int(wait_s * 1000))


def has_left(update: Any) -> bool:
    """Whether this update says that the bot was blocked, or thrown out of a group."""
    change = update.get("my_chat_member") if isinstance(update, dict) else None
    member = change.get("new_chat_member") if isinstance(change, dict) else None
    return isinstance(member, dict) and member.get("status") in ("kicked", "left")
