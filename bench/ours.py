"""The subject: intake, one transaction an update, delivery; the handler only echoes, as the peer's does.

python -m bench.ours ROOT DATABASE_URL
"""

import asyncio
import gc
import sys
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.load import TOKEN
from bot.clock import SystemClock
from bot.delivery.inbox_worker import Worker
from bot.delivery.lanes import Rates
from bot.delivery.sender import Sender
from bot.telegram.api import Api
from bot.telegram.polling import Poller
from bot.telegram.session import Session
from storage.database import engine as database
from storage.outbox import Lane, Message

LIFTED = Rates(per_second=100_000, chat_interval_s=0, group_per_minute=100_000)
SLOTS = 256


async def echo(update: dict[str, Any], _conn: AsyncConnection, _now: datetime) -> Sequence[Message]:
    """The same text back."""
    message = update["message"]
    return [Message(message["chat"]["id"], Lane.REPLY, "sendMessage", {"text": message["text"]})]


def mark(text: str, number: int, repeat: bool) -> str:
    """Number and repeat, as the template has them."""
    return f"{text}\n№ {number}{' 重发' if repeat else ''}"


async def main(root: str, url: str) -> None:
    """Run until killed."""
    gc.freeze()  # what was imported lives as long as the process: no collection needs to look at it
    engine, clock, stop = database.create(url), SystemClock(), asyncio.Event()
    await database.migrate(engine)
    async with Session(SLOTS + 1) as session:
        api = Api(TOKEN, root, session)
        sender = Sender(api, engine, clock, mark=mark, owner="bench", rates=LIFTED, slots=SLOTS)
        worker = Worker(engine, echo, sender, clock)
        poller = Poller(api, worker.receive, clock, Random())
        await asyncio.gather(sender.run(stop), worker.run(stop), poller.run(stop))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    asyncio.run(main(sys.argv[1], sys.argv[2]))
