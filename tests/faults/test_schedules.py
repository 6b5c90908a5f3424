"""R19: random schedules of faults against the delivery, on a clock set by the test.

The bot's sender runs step by step on a real database. A schedule says when and how a call is answered, when the result
is written down, when the process is killed, and how time passes.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.delivery.patience import LONGEST_S
from bot.delivery.sender import Sender
from bot.telegram.errors import AnswerLostError, ServerFaultError, TooManyRequestsError, UnreachableError
from bot.telegram.telegram_channel import LIMITS, METHODS, TelegramChannel
from storage import outbox, schema, sending
from storage.database import engine as database
from storage.outbox import Lane, Message
from tests.faults.scene import report, times

SCHEDULES = times(10_000, 60)
FAST = replace(LIMITS, per_second=50, chat_interval_s=0.5)
START = datetime(2026, 11, 23, tzinfo=UTC)
REPEAT = " again"
Step = tuple[Any, ...]
Delivered = tuple[int, int, bool]
"""Chat, number, whether it says that it is a repeat."""

ANSWERS = {
    "good": (True, None),
    "lost after the effect": (True, AnswerLostError("gone")),
    "lost before the effect": (False, AnswerLostError("gone")),
    "502 after the effect": (True, ServerFaultError("502")),
    "502 before the effect": (False, ServerFaultError("502")),
    "unreachable": (False, UnreachableError("refused")),
    "429": (False, TooManyRequestsError(7)),
}
"""Whether the message is then in the chat, and what the bot is told."""

CHATS, LANES = st.integers(1, 3), st.sampled_from(list(Lane))
STEPS = st.one_of(
    st.tuples(st.just("enqueue"), CHATS, LANES, st.sampled_from([0, 0, 0, 20])),
    st.tuples(st.just("turn")),
    st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from(list(ANSWERS))),
    st.tuples(st.just("write")),
    st.tuples(st.just("kill"), st.booleans()),
    st.tuples(st.just("pass"), st.sampled_from([0.05, 1.0, 8.0, 90.0, 40_000.0])),
    st.tuples(st.just("network"), st.booleans()),
)


class SetClock(SystemClock):
    """A clock standing still until set."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return self.passed_s


class Telegram:
    """Holds each call until the test answers. `is_well`: says at once who the bot is."""

    def __init__(self) -> None:
        self.is_well = True
        self.calls: list[tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = []
        self.delivered: list[Delivered] = []

    async def call(self, method: str, payload: dict[str, Any], _answer_s: float = 0.0) -> dict[str, Any]:
        if method == "getMe":
            if not self.is_well:
                raise AnswerLostError("gone")
            return {"id": 1}
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.calls.append((payload, answer))
        return await answer

    def answer(self, at: int, how: str) -> None:
        """Answer a call under way."""
        payload, future = self.calls.pop(at)
        has_effect, error = ANSWERS[how]
        if has_effect:
            self._deliver(payload)
        if error is None:
            future.set_result({"message_id": len(self.delivered)})
        else:
            future.set_exception(error)

    def hang_up(self, has_effect: bool) -> None:
        """The calling process is gone; the call takes effect or not."""
        for payload, _ in self.calls:
            if has_effect:
                self._deliver(payload)
        self.calls.clear()

    def _deliver(self, payload: dict[str, Any]) -> None:
        number, again, _ = payload["text"].partition(REPEAT)
        self.delivered.append((payload["chat_id"], int(number), bool(again)))


@dataclass
class World:
    """A running schedule."""

    engine: AsyncEngine
    clock: SetClock = field(default_factory=SetClock)
    telegram: Telegram = field(default_factory=Telegram)
    enqueued: list[tuple[int, int, Lane, float]] = field(default_factory=list)
    sender: Any = None

    async def begin(self) -> None:
        """A process starts, and takes back the messages under way in the process before."""
        async with self.engine.begin() as conn:
            await sending.release(conn, METHODS, milliseconds(self.clock), everything=True)
        channel = TelegramChannel(self.telegram, mark, FAST)
        self.sender = Sender(channel, self.engine, self.clock, owner="one")

    async def take(self, step: Step) -> None:
        """A step of the schedule."""
        match step:
            case ("enqueue", chat, lane, wait_s):
                await self._enqueue(chat, lane, wait_s)
            case ("turn",):
                await self.sender.step()
            case ("answer", at, how) if self.telegram.calls:
                self.telegram.answer(at % len(self.telegram.calls), how)
            case ("write",):
                await self.sender.calls.write_down()
            case ("kill", has_effect):
                await self._kill(has_effect)
            case ("network", is_well):
                self.telegram.is_well = is_well
            case ("pass", seconds):
                self.clock.passed_s += seconds
        await settled()

    async def _enqueue(self, chat: int, lane: Lane, wait_s: float) -> None:
        due = self.clock.now() + timedelta(seconds=wait_s)
        message = Message(chat, lane, "sendMessage", {"text": ""}, numbered=True, not_before=due)
        async with self.engine.begin() as conn:
            (number,) = await outbox.enqueue(conn, [message], milliseconds(self.clock))
        self.enqueued.append((number, chat, lane, due.timestamp()))

    async def _kill(self, has_effect: bool) -> None:
        self.telegram.hang_up(has_effect)
        await self.sender.calls.cancel()
        await self.begin()

    async def heal(self) -> None:
        """From now on everything is answered well, until nothing is left."""
        self.telegram.is_well = True
        for _ in range(400):
            while self.telegram.calls:
                await self.take(("answer", 0, "good"))
            await self.take(("write",))
            if not await self._open():
                return
            await self.take(("pass", 200.0))
            await self.take(("turn",))
        raise AssertionError("some messages are never sent")

    async def _open(self) -> bool:
        query = select(schema.outbox.c.id).where(schema.outbox.c.state.in_(("waiting", "sending"))).limit(1)
        async with self.engine.begin() as conn:
            return (await conn.execute(query)).first() is not None

    async def given_up(self) -> set[int]:
        """The dead messages: answers were lost for so long that an operator must look."""
        async with self.engine.begin() as conn:
            rows = (await conn.execute(select(schema.outbox).where(schema.outbox.c.state == "dead"))).all()
        assert all(row.done_at - row.called_at >= LONGEST_S[Lane(row.lane)] * 1000 for row in rows)
        return {row.id for row in rows}


def mark(_text: str, number: int, repeat: bool) -> str:
    return f"{number}{REPEAT if repeat else ''}"


async def settled() -> None:
    """Let started calls begin and answered calls end."""
    for _ in range(5):
        await asyncio.sleep(0)


def judge(world: World, given_up: set[int]) -> int:
    """The number of repeats. Fails on a lost message, a repeat without a mark, and a wrong order."""
    numbers = [number for _, number, _ in world.telegram.delivered]
    assert {number for number, *_ in world.enqueued} - given_up == set(numbers) - given_up, "lost"
    for number in set(numbers):
        copies = [again for _, one, again in world.telegram.delivered if one == number]
        assert all(copies[1:]), "a repeat does not say that it is one"
    for chat in {chat for _, chat, *_ in world.enqueued}:
        for lane in Lane:
            mine = [(due, number) for number, where, its, due in world.enqueued if (where, its) == (chat, lane)]
            wanted = [number for _, number in sorted(mine)]
            firsts = [number for number in dict.fromkeys(numbers) if number in wanted]
            assert firsts == [number for number in wanted if number in firsts], "out of order"
    return len(numbers) - len(set(numbers))


async def empty(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.execute(schema.outbox.delete())
        await conn.execute(schema.chats.delete())


def test_r19_whatever_fails_in_whatever_order_all_is_sent_in_order_and_every_repeat_says_so(tmp_path: Path) -> None:
    ran = {"schedules": 0, "steps": 0, "messages": 0, "repeats": 0, "given up": 0}
    with asyncio.Runner() as runner:
        engine = database.create(f"sqlite+aiosqlite:///{tmp_path}/test.db")
        runner.run(database.migrate(engine))

        async def run(steps: Sequence[Step]) -> None:
            await empty(engine)
            world = World(engine)
            await world.begin()
            for step in steps:
                await world.take(step)
            await world.heal()
            dead = await world.given_up()
            ran["repeats"] += judge(world, dead)
            ran["given up"] += len(dead)
            ran["messages"] += len(world.enqueued)

        @settings(
            max_examples=SCHEDULES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(STEPS, min_size=8, max_size=60))
        def schedule(steps: list[Step]) -> None:
            ran["schedules"] += 1
            ran["steps"] += len(steps)
            runner.run(run(steps))

        try:
            schedule()
        finally:
            runner.run(engine.dispose())
    said = json.dumps(ran).strip("{}").replace('"', "") + "; none lost, unmarked or out of order"
    report("R19", said, f"{ran['schedules']} schedules: 0 lost, 0 unmarked, 0 out of order")
