"""The outbox, sent. A row is leased, then called, then the result is written down; only then is the row's chat free.

Replies to an update go the short way (`reservations`). All else waits in the outbox for a turn in the lanes.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.channel import Channel
from bot.delivery.lanes import Lanes, Turn
from bot.delivery.pace import OwnPace, SharedPace, shared
from bot.delivery.reservations import Reservations
from bot.delivery.under_way import CallsUnderWay
from bot.delivery.unreadable import set_aside_unreadable
from bot.delivery.wording import Author, worded
from bot.loop import repeat
from storage import chats, sending
from storage.database.blame import is_of_a_row
from storage.outbox import Lease
from storage.sending import LeasedMessage, NextMessage

LEASE_MS: Final = 60_000
"""Longer than a call, and one more without styles, can take (45 s): one that is over is of a process that is gone."""

LOOK_S: Final = 1.0
"""How often to look for rows that other processes put in, and for pauses that are over."""

BUSY_LOOK_S: Final = 0.2
EARLY_S: Final = 0.05
"""How long before the next call may begin to look: so its row is leased in time."""

MOST_WAITING: Final = 200


class Sender:
    """Sends the outbox's messages of one channel. `owner` names the process in leases."""

    def __init__(
        self,
        channel: Channel,
        engine: AsyncEngine,
        clock: Clock,
        *,
        owner: str,
        slots: int = 100,
        is_alone: bool = True,
        author: Author | None = None,
        lease_ms: int = LEASE_MS,
    ) -> None:
        self._methods = channel.methods
        self._engine = engine
        self._clock = clock
        self._author = author
        self._owner = owner
        self._lease_ms = lease_ms
        self._is_alone = is_alone
        self._lanes = Lanes(channel.limits if is_alone else shared(channel.limits), slots)
        self._pace = (OwnPace if is_alone else SharedPace)(self._lanes, clock)
        self.calls = CallsUnderWay(channel, engine, clock, self._lanes, self._written)
        self.reservations = Reservations(self._lanes, self.calls, clock, self._lease, self.wake)
        self._release_at = 0.0
        self._is_in_doubt = False
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._wake.set()

    def _lease(self) -> Lease:
        return Lease(self._owner, milliseconds(self._clock) + self._lease_ms)

    def _written(self, any_failed: bool) -> None:
        """Results are on disk: messages that waited for the same chats may go."""
        if self.reservations.replies_wait or any_failed:
            self.reservations.replies_wait = True
            self.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then end the calls under way, and release the unsent messages."""
        async with self._engine.begin() as conn:
            await sending.release(conn, self._methods, milliseconds(self._clock), everything=self._is_alone)
            await chats.end_impossible_pauses(conn, milliseconds(self._clock))
        recording = asyncio.create_task(self.calls.record())
        self.reservations.is_open = self._is_alone
        try:
            await repeat(self.step, stop, self._clock, failed="outbox not read", again_s=LOOK_S, wake=self._wake)
        finally:
            self.reservations.is_open = False
            await self.calls.end()
            await recording
            async with self._engine.begin() as conn:
                await sending.release_owned(conn, self._methods, self._owner)

    async def step(self) -> float:
        """Lease and call the messages that may go; seconds until there may be more to do."""
        if self._lanes.is_server_to_be_asked(self._clock.monotonic()):
            self.calls.probe()
        waiting: list[NextMessage] = []
        turns: list[Turn] = []
        try:
            async with self._engine.begin() as conn:
                waiting = await self._waiting(conn)
                turns = await self._pace.plan(conn, waiting)
                leased = await self._leased(conn, [turn.message.id for turn in turns])
        except BaseException as error:
            self._is_in_doubt = not self._is_alone  # the commit may have taken effect; alone, it says so
            self._free(turns)
            if isinstance(error, Exception) and is_of_a_row(error) and await self._set_aside_unreadable(turns):
                return 0.0
            raise
        self._is_in_doubt = False
        numbers = {message.id for message in leased}
        self._free([turn for turn in turns if turn.message.id not in numbers])
        self._call(leased, turns)
        return self._look_again_in([message for message in waiting if message.id not in numbers])

    async def _set_aside_unreadable(self, turns: Sequence[Turn]) -> int:
        """How many messages of the turns can't be read or worded, and are set aside now."""

        async def read(conn: AsyncConnection, number: int) -> None:
            await self._leased(conn, [number])

        numbers = [turn.message.id for turn in turns]
        return await set_aside_unreadable(self._engine, numbers, read, milliseconds(self._clock))

    async def _waiting(self, conn: AsyncConnection) -> list[NextMessage]:
        """The next messages of chats, blocked and moved chats dealt with; notes whether replies wait at all."""
        channel, now_ms = self._methods.channel, milliseconds(self._clock)
        await self._release(conn, now_ms)
        self.reservations.replies_wait = await sending.replies_wait(conn, channel)
        waiting = await sending.next_messages(conn, channel, now_ms, MOST_WAITING)
        strange = {message.chat_id for message in waiting if message.chat_state in (chats.BLOCKED, chats.MOVED)}
        if not strange:
            return waiting
        for chat_id in strange:
            await chats.settle(conn, chat_id, now_ms)
        return await sending.next_messages(conn, channel, now_ms, MOST_WAITING)

    async def _release(self, conn: AsyncConnection, now_ms: int) -> None:
        """Release leases of a doubtful commit; now and then, of processes that are gone."""
        if self._is_in_doubt:
            await sending.release_unused(conn, self._owner, self.calls.numbers)
        if not self._is_alone and self._clock.monotonic() >= self._release_at:
            await sending.release(conn, self._methods, now_ms)
            self._release_at = self._clock.monotonic() + LOOK_S

    async def _leased(self, conn: AsyncConnection, numbers: Sequence[int]) -> list[LeasedMessage]:
        """The messages that no other process has leased, put into words."""
        if not numbers:
            return []
        leased = await sending.claim(conn, numbers, self._lease(), milliseconds(self._clock))
        return await worded(conn, self._author, leased, self._clock)

    def _free(self, turns: Sequence[Turn]) -> None:
        """Free turns that were planned and are not called."""
        for turn in turns:
            self._lanes.finish(turn.message)

    def _call(self, leased: Sequence[LeasedMessage], turns: Sequence[Turn]) -> None:
        """Call, as far apart as the turns were planned, also when the disk took long."""
        begins_at = {turn.message.id: turn.at for turn in turns}
        now = self._clock.monotonic()
        late_s = max(0.0, now - min(begins_at.values(), default=now))
        for message in leased:
            self.calls.start(message, begins_at[message.id] + late_s)

    def _look_again_in(self, left: Sequence[NextMessage]) -> float:
        """Seconds until there may be more to do."""
        next_at = self._lanes.next_ready_at(left)
        if next_at is not None and self._lanes.free_slots > 0:
            return max(0.001, min(next_at - EARLY_S - self._clock.monotonic(), LOOK_S))
        return BUSY_LOOK_S if self.reservations.replies_wait else LOOK_S
