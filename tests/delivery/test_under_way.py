"""Calls under way when the bot stops: what was answered is written down, however late it was answered."""

import asyncio

from sqlalchemy import Connection, event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.delivery.channel import CallResult
from bot.delivery.lanes import Lanes
from bot.delivery.under_way import CallsUnderWay
from bot.telegram.telegram_channel import TelegramChannel
from storage import outbox, schema, sending
from storage.outbox import Lane, Lease, Message
from storage.sending import LeasedMessage
from tests.faults.echo import UNLIMITED

FIRST, SECOND = 1, 2
CLOCK = SystemClock()


class Answers:
    """A network that answers the call to a chat when the test says so."""

    limits, methods = UNLIMITED, TelegramChannel.methods

    def __init__(self) -> None:
        self.due = {FIRST: asyncio.Event(), SECOND: asyncio.Event()}

    async def send(self, message: LeasedMessage) -> CallResult:
        await self.due[message.chat_id].wait()
        return CallResult(message, message_id=message.chat_id)


async def test_a_call_answered_while_another_is_written_down_is_written_down_though_the_bot_stops(engine: AsyncEngine):
    answers, writing = Answers(), asyncio.Event()

    def second_answers(_: Connection) -> None:
        answers.due[SECOND].set()
        writing.set()

    calls = CallsUnderWay(answers, engine, CLOCK, Lanes(UNLIMITED, 10), lambda _: None)
    async with engine.begin() as conn:
        now_ms = milliseconds(CLOCK)
        said = [Message(chat, Lane.REPLY, "sendMessage", {"text": "好"}) for chat in answers.due]
        rows = await outbox.enqueue(conn, said, now_ms)
        for message in await sending.claim(conn, rows, Lease("test", now_ms + 60_000), now_ms):
            calls.start(message)
    recording = asyncio.create_task(calls.record())
    event.listen(engine.sync_engine, "begin", second_answers, once=True)
    answers.due[FIRST].set()
    await writing.wait()
    await calls.end()
    await recording
    async with engine.begin() as conn:
        assert (await conn.execute(select(schema.outbox.c.state))).scalars().all() == ["sent", "sent"]


class Silent(Answers):
    """A network that does not even say whether it works."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def probe(self) -> bool:
        self.asked.set()
        await asyncio.Event().wait()
        return True


async def test_a_question_that_hangs_does_not_keep_the_bot_from_stopping(engine: AsyncEngine):
    network = Silent()
    calls = CallsUnderWay(network, engine, CLOCK, Lanes(UNLIMITED, 10), lambda _: None)
    calls.probe()
    calls.probe()
    await network.asked.wait()
    async with asyncio.timeout(1):
        await calls.end()
    calls.probe()
    assert len(asyncio.all_tasks()) <= 2
