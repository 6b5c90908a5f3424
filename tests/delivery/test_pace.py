"""Several processes keep to one pace, over all chats and within one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import SystemClock
from bot.delivery.lanes import Lanes
from bot.delivery.pace import SharedPace
from bot.telegram.telegram_channel import LIMITS, METHODS
from storage import outbox, paces, schema, sending
from storage.outbox import Lane, Lease, Message
from storage.sending import NextMessage

CLOCK = SystemClock()
FAST = replace(LIMITS, per_second=50, chat_interval_s=0.8)
BLURRED_S, BLURRED_IN_A_CHAT_S = 0.15, 0.4
"""A look at the database's clock takes a while, on a busy machine; two of a chat's calls are stamped by two looks."""


class Process:
    """One of those that send: it plans turns and leases, and its calls take no time."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self.engine, self.name = engine, name
        self.lanes = Lanes(FAST, 100)
        self.pace = SharedPace(self.lanes, CLOCK)
        self.calls: list[tuple[float, int, int]] = []

    async def look(self) -> int:
        """Plan the turns of what waits; how much waited."""
        now = CLOCK.monotonic()
        async with self.engine.begin() as conn:
            waiting = await next_messages(conn)
            turns = await self.pace.plan(conn, waiting)
            leased = await sending.claim(conn, [turn.message.id for turn in turns], Lease(self.name, 10**13), 1)
            await sending.sent(conn, [(one.id, 1) for one in leased], 0)
        assert len(leased) == len(turns), "a turn was planned for what somebody else had taken"
        self.calls += [(max(at, now), message.chat_id, message.id) for message, at in turns]
        for turn in turns:
            self.lanes.finish(turn.message)
        return len(waiting)

    async def run(self) -> None:
        while await self.look():
            await CLOCK.sleep(0.01)


async def next_messages(conn: AsyncConnection) -> list[NextMessage]:
    return await sending.next_messages(conn, METHODS.channel, 10**13, 50)


async def enqueue(engine: AsyncEngine, chats: Sequence[int]) -> None:
    async with engine.begin() as conn:
        messages = [Message(chat, Lane.WARNING, "sendMessage", {"text": "好"}) for chat in chats]
        await outbox.enqueue(conn, messages, 0)


async def test_processes_together_are_no_faster_than_one(engine: AsyncEngine):
    await enqueue(engine, range(1, 61))
    processes = [Process(engine, name) for name in "abc"]
    await asyncio.gather(*(one.run() for one in processes))
    calls = sorted(call for one in processes for call in one.calls)
    assert sorted(number for _, _, number in calls) == list(range(1, 61))
    for (at, *_), (later, *_) in zip(calls, calls[30:], strict=False):
        assert later - at >= 30 / FAST.per_second - BLURRED_S


async def test_a_chat_is_not_written_to_faster_by_two_processes(engine: AsyncEngine):
    await enqueue(engine, [7] * 5)
    processes = [Process(engine, name) for name in "ab"]
    await asyncio.gather(*(one.run() for one in processes))
    times = sorted(at for one in processes for at, *_ in one.calls)
    assert all(later - at >= FAST.chat_interval_s - BLURRED_IN_A_CHAT_S for at, later in pairwise(times))


async def test_what_was_planned_by_another_process_is_left_out(engine: AsyncEngine):
    await enqueue(engine, [1, 2])
    pace = SharedPace(Lanes(FAST, 100), CLOCK)
    async with engine.begin() as conn:
        waiting = await next_messages(conn)
        await sending.claim(conn, [waiting[0].id], Lease("another", 10**13), 1)
    async with engine.begin() as conn:
        assert [turn.message for turn in await pace.plan(conn, waiting)] == waiting[1:]
        assert await pace.plan(conn, waiting[:1]) == []


async def test_the_pace_is_kept_over_a_restart(engine: AsyncEngine):
    slow = replace(LIMITS, per_second=0.1)
    await enqueue(engine, [1, 2])
    async with engine.begin() as conn:
        first, second = await next_messages(conn)
        assert [turn.message for turn in await SharedPace(Lanes(slow, 100), CLOCK).plan(conn, [first])] == [first]
    async with engine.begin() as conn:
        assert await SharedPace(Lanes(slow, 100), CLOCK).plan(conn, [second]) == []
        assert set((await conn.execute(select(schema.paces.c.chat_id))).scalars()) == {paces.EVERYBODY, 1}


async def test_a_clock_that_was_set_back_does_not_make_everybody_wait(engine: AsyncEngine):
    await enqueue(engine, [1])
    async with engine.begin() as conn:
        waiting = await next_messages(conn)
        in_a_day = (await paces.untaken(conn, [waiting[0].id])).now + 86_400_000
        await paces.keep(conn, {paces.EVERYBODY: in_a_day, 1: in_a_day})
        turns = await SharedPace(Lanes(FAST, 100), CLOCK).plan(conn, waiting)
    assert [turn.message for turn in turns] == waiting
