"""The whole bot, in this process, against a Bot API server over HTTP and a database on disk."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Executable

from bot.compose import serve
from bot.delivery.channel import Limits
from bot.journeys.consent import VERSION
from bot.journeys.context import Readers
from bot.sandbox.listening import serving
from bot.settings import Settings
from bot.telegram.telegram_channel import LIMITS
from rules.catalogue.load import load
from storage import consents
from tests.databases import connected
from tests.live import Message, Person, SandboxClient
from tests.packaged import CATALOGUE
from tests.warnings.world import ZONE

TOKEN = "123456:journey"
READERS: Readers = {}
"""Of the packaged catalogue: to build one takes longer than most journeys."""

UNPACED = replace(LIMITS, chat_interval_s=0.01)
"""No journey waits for the second between two messages of a chat; tests/delivery and tests/faults hold that."""


@asynccontextmanager
async def bot_running(
    root: str,
    database_url: str,
    *,
    token: str = TOKEN,
    sock: socket.socket | None = None,
    limits: Limits = UNPACED,
    **settings: object,
) -> AsyncIterator[None]:
    """The bot until the block is left, with its HTTP side at `sock`; it stops as it does on SIGTERM.

    Its daily check is due at 23:59: no notice of a check made late comes between two lines of a chat.
    """
    settings = {"daily_check_at": "23:59"} | settings
    chosen = Settings(_env_file=None, database_url=database_url, **settings)
    known = load(chosen.rules_dir) if chosen.rules_dir else CATALOGUE
    readers = None if chosen.rules_dir else READERS
    edition, stop = known.edition(chosen.rules_edition), asyncio.Event()
    serving = serve(chosen, token, root, known, edition, stop, sock=sock, readers=readers, limits=limits)
    running = asyncio.create_task(serving)
    try:
        yield
    finally:
        stop.set()
        await running


@pytest.fixture
def database_url(suite_url: str) -> str:
    return suite_url


def today() -> str:
    """The merchants' day, as it is written."""
    return datetime.now(ZONE).date().isoformat()


def lines(message: Message) -> int:
    """The number of lines of the text."""
    return len(message.text.splitlines())


async def execute(database_url: str, *statements: Executable) -> None:
    """Change rows behind the running bot's back."""
    async with connected(database_url) as conn:
        for statement in statements:
            await conn.execute(statement)


ALARMS = ("没有商家收到提醒", "没有送到，请马上联系商家")


async def presses(person: Person, button: str) -> Message:
    """What the bot shows after this button."""
    await person.presses(button)
    return await _answer(person)


async def _answer(person: Person) -> Message:
    """The next message that answers: an alarm for operators comes when a job has looked."""
    shown = await person.hears()
    while any(alarm in shown.text.partition("\n")[0] for alarm in ALARMS):
        shown = await person.hears()
    return shown


async def tells(person: Person, text: str, *buttons: str) -> Message:
    """What the bot shows in the end, after this text and these buttons."""
    await person.says(text)
    shown = await _answer(person)
    for button in buttons:
        shown = await presses(person, button)
    return shown


async def asks(person: Person, text: str) -> str:
    """The words of the bot's answer to this text."""
    return (await tells(person, text)).text


async def toast(person: Person, button: str) -> tuple[str, Message]:
    """The line over the chat after the button, and the message."""
    pressed = await person.presses(button)
    shown = await person.hears()
    return (await person.hears_toast(pressed["query_id"]))["text"], shown


async def is_old(person: Person, data: str, message_id: int) -> bool:
    """Whether a button with this data on that message is answered as one of long ago."""
    pressed = await person.presses(data, message_id)
    return "过期" in (await person.hears_toast(pressed["query_id"]))["text"]


class Agreeing(SandboxClient):
    """A world in which everybody agreed beforehand that the bot keeps what it must (tests of that: test_privacy)."""

    def __init__(self, url: str, database_url: str) -> None:
        super().__init__(url)
        self._database_url = database_url

    async def chat(self, **wanted: Any) -> Person:
        found = await super().chat(**wanted)
        async with connected(self._database_url) as conn:
            await consents.give(conn, found.id, VERSION, int(time.time() * 1000))
        return found


@pytest.fixture
async def sandbox(database_url: str) -> AsyncIterator[SandboxClient]:
    async with serving() as listener, Agreeing(listener.url, database_url) as client:
        yield client


Start = Callable[..., Awaitable[None]]


@pytest.fixture
async def start(sandbox: SandboxClient, database_url: str) -> AsyncIterator[Start]:
    """Starts the bot with these settings; it runs until the test ends."""
    async with AsyncExitStack() as stack:

        async def begin(**settings: object) -> None:
            await stack.enter_async_context(bot_running(sandbox.url, database_url, **settings))

        yield begin


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant in a private chat with the running bot."""
    await start(messages_per_minute=1000)
    return await sandbox.person("小店")
