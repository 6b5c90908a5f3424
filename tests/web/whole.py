"""The whole bot with its HTTP side, in this process or in its own, against a Bot API server over HTTP."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.compose import serve
from bot.settings import Settings
from rules.catalogue.load import load, packaged_folder

TOKEN = "123456:web-test"
SECRET = "webhook-secret_1"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@asynccontextmanager
async def bot(root: str, database_url: str, port: int, *, webhook: bool, **settings: object) -> AsyncIterator[None]:
    """The bot in this process until the block is left, polling or called at a webhook on `port`."""
    told = {"telegram_bot_token": TOKEN, "database_url": database_url, "messages_per_minute": 1000}
    if webhook:
        told |= {"webhook_url": f"http://127.0.0.1:{port}", "webhook_secret": SECRET}
    chosen = Settings(_env_file=None, **told, **settings)
    known = load(packaged_folder())
    stop, sock = asyncio.Event(), socket.create_server(("127.0.0.1", port))
    running = asyncio.create_task(
        serve(chosen, TOKEN, root, known, known.edition(chosen.rules_edition), stop, sock=sock)
    )
    try:
        yield
    finally:
        stop.set()
        await running


@asynccontextmanager
async def process(**settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`alliance-bot run` with these settings; killed when the block is left, if it is still there."""
    known = {name: value for name, value in os.environ.items() if name.upper() not in Settings.model_fields}
    code = "import sys; from bot.cli import main; sys.argv = ['alliance-bot', 'run']; main()"
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        env=known | {"LOG_LEVEL": "WARNING"} | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()
