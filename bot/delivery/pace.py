"""Turns, planned before rows are leased: the messages that go soon, each with the instant of the call.

Several processes that send with one token share the token's rate through the database (`storage.paces`). Processes plan
a little ahead: a process that plans seven turns at once looks seven times less often, and many processes look hardly
more often than a single process.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.delivery.channel import Limits
from bot.delivery.lanes import Lanes, Turn
from storage import paces
from storage.sending import NextMessage

OWN_AHEAD_S: Final = 0.1
"""How far ahead a process that sends alone plans turns: their rows are leased when their instants come."""

AHEAD_S: Final = 0.25
"""The same for several processes. A reply waits no longer than that behind what was planned before."""

FARTHEST_MS: Final = 60_000
"""No turn is planned so far ahead."""

SHARED: Final = 0.75
"""Of the rate, what several processes keep to together: a call can be late on its own way, and those behind it not."""

SHARED_CHAT: Final = 0.7
"""The same within a chat, where one call that is late is near the next one already."""


class OwnPace:
    """The pace of a process that sends alone, held in the process's own lanes."""

    def __init__(self, lanes: Lanes, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock

    async def plan(self, _conn: AsyncConnection, waiting: Sequence[NextMessage]) -> list[Turn]:
        """The turns that come soon; their messages count as under way."""
        return self._lanes.plan(waiting, self._clock.monotonic(), OWN_AHEAD_S)


class SharedPace:
    """The pace of several processes, locked from the planning to the end of the transaction."""

    def __init__(self, lanes: Lanes, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock
        self._ahead_ms = 0.0

    async def plan(self, conn: AsyncConnection, waiting: Sequence[NextMessage]) -> list[Turn]:
        """The turns that come soon; their messages count as under way, none when the database fails."""
        if not waiting:
            return []
        turns = self._lanes.plan(await self._untaken(conn, waiting), self._clock.monotonic(), AHEAD_S)
        try:
            if turns:
                await self._keep(conn, [turn.message.chat_id for turn in turns])
        except BaseException:
            for turn in turns:
                self._lanes.finish(turn.message)
            raise
        return turns

    async def _untaken(self, conn: AsyncConnection, waiting: Sequence[NextMessage]) -> list[NextMessage]:
        """Messages that no other process took meanwhile; the lanes learn when each message may go."""
        next_at = await paces.lock(conn)
        free = await paces.untaken(conn, [one.id for one in waiting])
        self._ahead_ms = free.now - self._clock.monotonic() * 1000
        left = [one for one in waiting if one.id in free.instants]
        chats = {one.chat_id: self._here(free.instants[one.id], free.now) for one in left}
        self._lanes.adopt(self._here(next_at, free.now), chats)
        return left

    async def _keep(self, conn: AsyncConnection, chats: Sequence[int]) -> None:
        """Write down when the next calls may go, after turns were planned for `chats`."""
        instants = {chat: self._there(self._lanes.chat_next_at(chat)) for chat in chats}
        await paces.keep(conn, {**instants, paces.EVERYBODY: self._there(self._lanes.next_at)})

    def _here(self, instant_ms: int, now_ms: int) -> float:
        """An instant of the database's clock in seconds of our monotonic clock; now, if the database's was set back."""
        return ((instant_ms if instant_ms <= now_ms + FARTHEST_MS else now_ms) - self._ahead_ms) / 1000

    def _there(self, instant: float) -> int:
        return math.ceil(instant * 1000 + self._ahead_ms)


def shared(limits: Limits) -> Limits:
    """The limits of all processes together."""
    return replace(limits, per_second=limits.per_second * SHARED, chat_interval_s=limits.chat_interval_s / SHARED_CHAT)
