"""A channel that is not Telegram: delivery sends its messages by it, and those of nobody else."""

import asyncio
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.delivery.channel import CallResult, Failure, Fate, Limits
from bot.delivery.lanes import SECOND_S, Lanes
from bot.delivery.sender import Sender
from bot.delivery.under_way import CallsUnderWay
from storage import outbox, schema, sending
from storage.outbox import Lane, Message
from storage.sending import LeasedMessage, Methods

CLOCK = SystemClock()


class SetClock(SystemClock):
    """A clock that stands until it is set."""

    passed_s = 5.0

    def monotonic(self) -> float:
        return self.passed_s


@dataclass
class Post:
    """Notes what is sent. The answer to the first call is lost."""

    methods = Methods(channel="post", new_message="letter", repeatable=("stamp",))
    limits = Limits(per_second=1e6, chat_interval_s=0.0, group_per_minute=10**6, burst=1, counted=("letter",))
    sent: list[tuple[int, str, bool]] = field(default_factory=list)

    async def send(self, message: LeasedMessage) -> CallResult:
        self.sent.append((message.id, message.method, message.unsure))
        if len(self.sent) == 1:
            return CallResult(message, failure=Failure(Fate.UNKNOWN, "no answer"))
        return CallResult(message, message_id=message.id * 10)


async def enqueue(engine: AsyncEngine, *methods: str, channel: str) -> None:
    async with engine.begin() as conn:
        messages = [Message(number, Lane.WARNING, method, {}) for number, method in enumerate(methods, 1)]
        numbers = await outbox.enqueue(conn, messages, milliseconds(CLOCK))
        await conn.execute(update(schema.outbox).where(schema.outbox.c.id.in_(numbers)).values(channel=channel))


async def open_messages(engine: AsyncEngine, channel: str) -> int:
    query = select(func.count()).where(
        schema.outbox.c.channel == channel, schema.outbox.c.state.in_((outbox.WAITING, outbox.SENDING))
    )
    async with engine.begin() as conn:
        return (await conn.execute(query)).scalar() or 0


async def send_all(engine: AsyncEngine, post: Post) -> None:
    """Run a sender until nothing of its channel is open."""
    stop, sender = asyncio.Event(), Sender(post, engine, CLOCK, owner="post")
    running = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(20):
        while await open_messages(engine, post.methods.channel):
            await CLOCK.sleep(0.01)
    stop.set()
    sender.wake()
    await running


async def test_a_sender_sends_the_messages_of_its_channel_and_leaves_the_others(engine: AsyncEngine) -> None:
    await enqueue(engine, "sendMessage", "sendMessage", channel="telegram")
    await enqueue(engine, "stamp", "letter", channel="post")
    post = Post()
    await send_all(engine, post)
    assert sorted(number for number, *_ in post.sent[1:]) == [3, 4]
    assert await open_messages(engine, "telegram") == 2


async def test_a_repeat_says_so_where_a_second_call_puts_a_second_thing_into_the_chat(engine: AsyncEngine) -> None:
    for method in ("letter", "stamp"):
        await enqueue(engine, method, channel="post")
        post = Post()
        await send_all(engine, post)
        assert [(name, unsure) for _, name, unsure in post.sent] == [(method, False), (method, method == "letter")]


async def test_calls_that_began_late_and_were_long_on_their_way_fill_a_later_second(engine: AsyncEngine) -> None:
    clock, takes_s = SetClock(), {1: 0.0, 2: 0.1, 3: 0.5}

    class SlowPost(Post):
        async def send(self, message: LeasedMessage) -> CallResult:
            clock.passed_s += takes_s[message.id]
            if message.id == 1:
                return CallResult(message, failure=Failure(Fate.UNREACHED, "refused"))
            return CallResult(message, message_id=1)

    *some, last = [sending.leased(number, Message(number, Lane.WARNING, "letter", {}), 1) for number in (1, 2, 3, 4)]
    lanes = Lanes(replace(Post.limits, per_second=0.5), 10)
    calls = CallsUnderWay(SlowPost(), engine, clock, lanes, lambda _any_failed: None)
    for message, at in zip(some, (0.0, 2.0, 4.0), strict=True):
        lanes.start(message, at)
        calls.start(message, at)
    await calls.end()
    arrived_at = 5.1 + 0.5 - 0.1
    assert not lanes.may_start(last, arrived_at + SECOND_S - 0.01)
    assert lanes.may_start(last, arrived_at + SECOND_S + 0.01)
