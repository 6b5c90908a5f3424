"""R30a: an outcome that can't be written, a row that can't be read or written: set aside alone, the others are sent."""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.delivery.channel import CallResult, Failure, Fate, Plainer
from bot.delivery.sender import Sender
from bot.delivery.wording import Author
from bot.telegram.telegram_channel import METHODS
from storage import outbox, schema
from storage.outbox import DEAD, SENT, Lane, Message
from storage.sending import LeasedMessage
from tests.faults.echo import UNLIMITED
from tests.faults.scene import report, times

CLOCK = SystemClock()
GOOD = times(100, 10)
HUGE = 10**30


def failed(message: LeasedMessage, fate: Fate, why: str = "", wait_s: float = 0.0, new_id: int = 0) -> CallResult:
    return CallResult(message, failure=Failure(fate, why, wait_s, new_id))


def raising(_message: LeasedMessage) -> CallResult:
    raise RuntimeError("secret words")


OUTCOMES: dict[str, Callable[[LeasedMessage], CallResult]] = {
    "a number of 31 digits": lambda one: CallResult(one, message_id=HUGE),
    "a move to a chat of 31 digits": lambda one: failed(one, Fate.MOVED, new_id=HUGE),
    "half a character": lambda one: failed(one, Fate.REJECTED, "\ud83d"),
    "a wait that is no number": lambda one: failed(one, Fate.PAUSED, wait_s=math.nan),
    "a wait without end": lambda one: failed(one, Fate.UNKNOWN, wait_s=math.inf),
    "a plainer form of no JSON": lambda one: CallResult(
        one, failure=Failure(Fate.PLAINER, "", plainer=Plainer("sendMessage", {"text": object()}))
    ),
    "a channel that raises": raising,
}
PAYLOADS = {"half a JSON": "{", "a list": "[]", "a number": "7", "nothing": None}


class Network:
    """Takes messages; `outcomes`: by chat, the outcome of each call."""

    methods, limits = METHODS, UNLIMITED

    def __init__(self, outcomes: dict[int, Callable[[LeasedMessage], CallResult]]) -> None:
        self._outcomes = outcomes
        self.sent: set[int] = set()

    async def send(self, message: LeasedMessage) -> CallResult:
        if outcome := self._outcomes.get(message.chat_id):
            return outcome(message)
        self.sent.add(message.chat_id)
        return CallResult(message, message_id=1)

    async def probe(self) -> bool:
        return True


async def worded(conn: AsyncConnection, message: LeasedMessage, _now: datetime) -> LeasedMessage | None:
    """No words for notice 1; a statement that the database refuses for notice 2."""
    if message.notice_id == 1:
        raise KeyError("secret words")
    await conn.execute(insert(schema.paces).values(chat_id=message.chat_id, next_at=None))
    return message


def text(chat_id: int, **more: object) -> Message:
    return Message(chat_id, Lane.WARNING, "sendMessage", {"text": "好"}, **more)  # type: ignore[arg-type]


async def fates(engine: AsyncEngine, network: Network, author: Author | None = None) -> dict[int, tuple[str, str]]:
    """State and error by number, once the sender has nothing left to do."""
    stop, sender = asyncio.Event(), Sender(network, engine, CLOCK, owner="one", author=author)
    running = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(30):
        while True:
            async with engine.begin() as conn:
                rows = (await conn.execute(select(schema.outbox).order_by(schema.outbox.c.id))).all()
            if all(row.state in {SENT, DEAD} for row in rows):
                break
            await CLOCK.sleep(0.02)
    stop.set()
    sender.wake()
    await running
    return {row.id: (row.state, row.error or "") for row in rows}


def tell(what: str, found: dict[int, tuple[str, str]], bad: int) -> list[str]:
    """Report and check; the errors of the messages set aside."""
    dead = [error for state, error in found.values() if state == DEAD]
    sent = sum(state == SENT for state, _ in found.values())
    report(
        "R30",
        f"{what}: {len(dead)} of {bad} set aside by name, {sent} of {GOOD} others sent",
        f"{GOOD - sent} others held up",
    )
    assert (len(dead), sent) == (bad, GOOD)
    assert not any("secret" in error for error in dead)
    return dead


async def test_r30_an_outcome_that_can_not_be_written_is_set_aside_alone(engine: AsyncEngine) -> None:
    poisoned = dict(enumerate(OUTCOMES.values(), 1))
    async with engine.begin() as conn:
        chats = [*poisoned, *range(100, 100 + GOOD)]
        await outbox.enqueue(conn, [text(chat_id) for chat_id in chats], milliseconds(CLOCK))
    network = Network(poisoned)
    dead = tell("outcomes", await fates(engine, network), len(poisoned))
    assert len(network.sent) == GOOD
    assert all(error.startswith(("outcome can't be written: ", "can't be sent: ")) for error in dead)


async def test_r30_a_row_that_can_not_be_read_or_worded_is_set_aside_alone(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        numbers = await outbox.enqueue(conn, [text(chat_id) for chat_id in range(1, 5)], milliseconds(CLOCK))
        for number, payload in zip(numbers, PAYLOADS.values(), strict=True):
            await conn.execute(update(schema.outbox).where(schema.outbox.c.id == number).values(payload=payload))
        await outbox.enqueue(conn, [text(5, notice_id=1), text(6, notice_id=2)], milliseconds(CLOCK))
        await outbox.enqueue(conn, [text(chat_id) for chat_id in range(100, 100 + GOOD)], milliseconds(CLOCK))
    dead = tell("rows", await fates(engine, Network({}), worded), 6)
    assert sorted(error.partition(":")[0] for error in dead) == ["can't be read"] * 5 + ["not worded"]


async def test_r30_a_message_that_can_not_be_written_is_set_aside_alone(engine: AsyncEngine) -> None:
    bad = [
        Message(1, Lane.WARNING, "sendMessage", {"text": object()}),
        text(HUGE),
        text(2, notice_id=HUGE),
        text(3, key="k" * 65),
        text(4, key="\ud83d"),
        Message(5, Lane.WARNING, "m" * 33, {}),
        text(6, not_before="tomorrow"),
    ]
    async with engine.begin() as conn:
        await outbox.enqueue(conn, [*bad, *(text(chat_id) for chat_id in range(100, 100 + GOOD))], milliseconds(CLOCK))
    dead = tell("messages", await fates(engine, Network({})), len(bad))
    assert all(error.startswith("can't be written: ") for error in dead)
