"""Several processes send with one token: they share its rate through the database (`storage.paces`).

Turns are drawn a little ahead, each with the instant at which its call begins: a process that draws seven at once
looks seven times less often, and many processes look hardly more often than one.
"""

import math
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.delivery.lanes import Lanes
from storage import paces
from storage.sending import NextMessage

AHEAD_S: Final = 0.25
"""How far ahead turns are drawn. A reply waits no longer than that behind what was drawn before."""

FARTHEST_MS: Final = 60_000
"""No turn is drawn so far ahead."""


class Budget:
    """The shared pace, between `narrow` and `keep` held by this process."""

    def __init__(self, lanes: Lanes, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock
        self._ahead_ms = 0.0

    async def narrow(self, conn: AsyncConnection, heads: Sequence[NextMessage]) -> list[NextMessage]:
        """Those of these that nobody took meanwhile; the lanes know when each may go."""
        next_at = await paces.lock(conn)
        free = await paces.untaken(conn, [head.id for head in heads])
        self._ahead_ms = free.now - self._clock.monotonic() * 1000
        waiting = [head for head in heads if head.id in free.instants]
        chats = {head.chat_id: self._here(free.instants[head.id], free.now) for head in waiting}
        self._lanes.adopt(self._here(next_at, free.now), chats)
        return waiting

    async def keep(self, conn: AsyncConnection, chats: Sequence[int]) -> None:
        """Write down when the next calls may go, after turns were drawn for these chats."""
        instants = {chat: self._there(self._lanes.chat_next_at(chat)) for chat in chats}
        await paces.keep(conn, {**instants, paces.EVERYBODY: self._there(self._lanes.next_at)})

    def _here(self, instant_ms: int, now_ms: int) -> float:
        """An instant of the database's clock in seconds of our monotonic one; now, if that clock was set back."""
        return ((instant_ms if instant_ms <= now_ms + FARTHEST_MS else now_ms) - self._ahead_ms) / 1000

    def _there(self, instant: float) -> int:
        return math.ceil(instant * 1000 + self._ahead_ms)
