"""One whole bot in a process, polling; it can be killed and asked how many tasks it has."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bot.settings import Settings
from tests.web.whole import TOKEN


def noon_zone() -> str:
    """A zone where it is about noon: no day ends between two runs, and nobody sleeps."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@asynccontextmanager
async def alone(
    root: str, url: str, log: Path | None = None, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`alliance-bot run`, ready, what it logs in the file; killed at the end of the block."""
    known = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    chosen = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": root,
        "DATABASE_URL": url,
        "HTTP_PORT": "0",
        "MESSAGES_PER_MINUTE": "1000",
        "DAILY_CHECK_AT": "23:59",
        "TIMEZONE": noon_zone(),
        "LOG_LEVEL": "INFO" if log else "ERROR",
        **settings,
    }
    with _opened(log) as told:
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.counted"),
            env=known | chosen,
            stdout=asyncio.subprocess.PIPE,
            stderr=told,
        )
        try:
            assert running.stdout is not None
            assert b"listening" in await running.stdout.readline()
            yield running
        finally:
            running.kill()
            await running.communicate()


def _opened(log: Path | None) -> AbstractContextManager[BinaryIO | None]:
    return log.open("wb") if log else nullcontext()


async def tasks_of(running: asyncio.subprocess.Process) -> int:
    """The number of tasks of the running bot."""
    running.send_signal(signal.SIGUSR1)
    assert running.stdout is not None
    return int(json.loads(await running.stdout.readline())["tasks"])
