"""The whole bot, in this process, against a Bot API server over HTTP and a database on disk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.compose import serve
from bot.settings import Settings
from rules import catalogue
from tests.live import Person, SandboxClient, sandbox_client

TOKEN = "123456:journey"


@asynccontextmanager
async def bot_running(root: str, database_url: str, **settings: object) -> AsyncIterator[None]:
    """The bot until the block is left; it stops as it does on SIGTERM."""
    chosen = Settings(_env_file=None, database_url=database_url, **settings)
    known = catalogue.load(chosen.rules_dir or catalogue.packaged())
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(chosen, TOKEN, root, known, known.edition(chosen.rules_edition), stop))
    try:
        yield
    finally:
        stop.set()
        await serving


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/alliance.db"


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    async with sandbox_client() as client:
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
