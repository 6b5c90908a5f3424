"""The durable core with the smallest handler: a text is answered with the same text. In this process or another.

python -m tests.faults.echo ROOT DATABASE_URL
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, SystemClock
from bot.delivery.channel import Limits
from bot.delivery.inbox_worker import Apology, Handler, Worker, silence
from bot.delivery.sender import LEASE_MS, Sender
from bot.delivery.wording import Author
from bot.telegram.api import Api
from bot.telegram.polling import POLL_S, Poller
from bot.telegram.session import Session
from bot.telegram.telegram_channel import LIMITS, TelegramChannel
from storage.database import engine as database
from storage.outbox import Lane, Message
from tests.faults.fastclock import FastClock

TOKEN = "123456:test-token"
REPEAT = "重发"
UNLIMITED = replace(LIMITS, per_second=100_000, chat_interval_s=0.0, group_per_minute=100_000)


def mark(text: str, number: int, repeat: bool) -> str:
    """The text with the marks that a template of the bot adds."""
    return f"{text} №{number}{' ' + REPEAT if repeat else ''}"


async def echo(update: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
    """The same text back; "boom" always fails."""
    message = update.get("message", {})
    text = message.get("text")
    if text == "boom":
        raise ValueError("boom")
    if not text:
        return []
    return [Message(message["chat"]["id"], Lane.REPLY, "sendMessage", {"text": text}, numbered=True)]


@dataclass
class Core:
    """The parts, running."""

    engine: AsyncEngine
    api: Api
    poller: Poller
    worker: Worker
    sender: Sender


@asynccontextmanager
async def core(
    root: str,
    url: str,
    *,
    handle: Handler = echo,
    limits: Limits = LIMITS,
    clock: Clock | None = None,
    owner: str = "test",
    poll_s: int = POLL_S,
    author: Author | None = None,
    lease_ms: int = 0,
    apology: Apology = silence,
) -> AsyncIterator[Core]:
    """Intake, worker and delivery on the database, against the Bot API at `root`; not running yet.

    A lease of no given length lasts as long as the bot's by the real clock, however fast `clock` is.
    """
    clock = clock or SystemClock()
    speed = clock.speed if isinstance(clock, FastClock) else 1
    engine = database.create(url)
    try:
        async with Session(limit=300) as session:
            api = Api(TOKEN, root, session)
            sender = Sender(
                TelegramChannel(api, mark, limits),
                engine,
                clock,
                owner=owner,
                is_alone=database.is_embedded(url),
                author=author,
                lease_ms=lease_ms or int(int(os.environ.get("LEASE_MS", LEASE_MS)) * speed),
            )
            worker = Worker(engine, handle, sender.reservations, clock, apology=apology)
            poller = Poller(api, worker.receive, clock, Random(1), poll_s)
            await database.migrate(engine)
            yield Core(engine, api, poller, worker, sender)
    finally:
        await engine.dispose()


@asynccontextmanager
async def running(root: str, url: str, *, polls: bool = True, **options: Any) -> AsyncIterator[Core]:
    """Intake, worker and delivery, running until the block is left; with `polls` False no updates are polled."""
    stop = asyncio.Event()
    async with core(root, url, **options) as parts:
        working = (parts.sender, parts.worker, *([parts.poller] if polls else []))
        loops = [asyncio.create_task(part.run(stop)) for part in working]
        try:
            yield parts
        finally:
            stop.set()
            parts.worker.wake()
            parts.sender.wake()
            await asyncio.gather(*loops)


def sqlite(folder: Path) -> str:
    """The URL of a database in `folder`."""
    return f"sqlite+aiosqlite:///{folder}/test.db"


async def _main(root: str, url: str) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    async with running(root, url):
        print("ready", flush=True)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
