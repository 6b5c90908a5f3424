"""The delivery of warnings as the bot has it: words made when they are sent. In this process or in its own.

python -m tests.faults.warner ROOT DATABASE_URL
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bot.desk import Desk
from bot.watch.author import Author
from bot.watch.look import Watch
from bot.watch.sweep import Sweep
from rules.catalogue import load, packaged
from rules.reasons import Reason
from storage import engine as database
from storage import follows, scorefiles, shops
from storage.scorefiles import Incoming, Stored
from tests.faults.echo import running
from tests.watch.world import EDITION, ZONE

DESK = Desk(load(packaged()), EDITION, ZONE, 20)
WATCH = Watch(EDITION, ZONE, None)


async def fall(url: str, chats: Sequence[int], score: int = 370, now: datetime | None = None) -> int:
    """A shop of each of these chats falls below a line and the check finds it; how many are to be told."""
    now = now or datetime.now(UTC)
    now_ms, today = int(now.timestamp() * 1000), WATCH.today(now)
    engine = database.create(url)
    try:
        await database.migrate(engine)
        async with engine.begin() as conn:
            await scorefiles.begin(conn)
            last = await scorefiles.stage(conn, [(f"S{chat}", today, score, None) for chat in chats], 0)
            for part in scorefiles.portions(last):
                await scorefiles.store(conn, Incoming("score", "0-5", now_ms), part, Stored())
            for chat in chats:
                shop = await shops.by_ref(conn, f"S{chat}")
                assert shop is not None
                await follows.start(conn, shop.id, chat, now_ms)
        counts = await Sweep(engine, WATCH, today, now).run()
        return counts[Reason.WARNING] + counts[Reason.CLOSING]
    finally:
        await engine.dispose()


def delivering(root: str, url: str, **options: Any):
    """Intake, worker and delivery on this database, with words for notices."""
    return running(root, url, author=Author(DESK), **options)


@asynccontextmanager
async def process(root: str, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The same in a process of its own, killed at the end."""
    command = ("-m", "tests.faults.warner", root, url)
    started = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    try:
        assert started.stdout is not None
        assert await started.stdout.readline() == b"ready\n"
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def _main(root: str, url: str) -> None:
    async with delivering(root, url):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
