"""The whole bot with the HTTP side, in this process or another, against a Bot API server over HTTP."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bot.settings import Settings
from bot.telegram.telegram_channel import LIMITS
from tests.journeys.conftest import bot_running

TOKEN = "123456:web-test"
SECRET = "webhook-secret_1"


def free_port() -> int:
    """A free port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def bot(
    root: str, database_url: str, port: int, *, webhook: bool, **settings: object
) -> AbstractAsyncContextManager[None]:
    """The bot in this process until the block is left, polling or called at a webhook on `port`."""
    told = {"telegram_bot_token": TOKEN, "messages_per_minute": 1000}
    if webhook:
        told |= {"webhook_url": f"http://127.0.0.1:{port}", "webhook_secret": SECRET}
    sock = socket.create_server(("127.0.0.1", port))
    return bot_running(root, database_url, token=TOKEN, sock=sock, limits=LIMITS, **told, **settings)


@asynccontextmanager
async def process(tree: Path | None = None, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`alliance-bot run` of this checkout, or of a copy at `tree`, with `settings`.

    Killed at the end of the block if still running.
    """
    known = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    code = "import sys; from bot.cli import main; sys.argv = ['alliance-bot', 'run']; main()"
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        cwd=tree,
        env=known | {"LOG_LEVEL": "WARNING"} | ({"PYTHONPATH": str(tree)} if tree else {}) | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()
