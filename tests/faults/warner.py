"""The delivery of warnings as in the bot: words are made at sending. In this process or another.

python -m tests.faults.warner ROOT DATABASE_URL
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.journeys.context import Context
from bot.warnings.author import Author
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.reasons import Reason
from storage import follows, score_files, shops, staged_shops
from storage.database import engine as database
from storage.score_files import Incoming, Stored
from tests.faults.echo import running
from tests.packaged import CATALOGUE, FIVE_POINTS
from tests.warnings.world import ZONE

CONTEXT = Context(CATALOGUE, FIVE_POINTS, ZONE, 20)
WATCH = WatchPolicy(FIVE_POINTS, ZONE, None)


async def fall(url: str, chats: Sequence[int], score: int = 370, now: datetime | None = None) -> int:
    """A shop of each chat falls below a line and the check runs; the number of chats to tell."""
    now = now or datetime.now(UTC)
    now_ms, today = int(now.timestamp() * 1000), WATCH.today(now)
    engine = database.create(url)
    try:
        async with engine.begin() as conn:
            await score_files.begin(conn)
            last = await score_files.stage(conn, [(f"S{chat}", today, 0, score, None) for chat in chats], 0)
            await staged_shops.unknown(conn)
            await staged_shops.register(conn, {}, now_ms)
            for part in score_files.portions(last):
                await score_files.store(conn, Incoming.of(FIVE_POINTS, now_ms), part, Stored())
            for chat in chats:
                shop = await shops.by_ref(conn, f"S{chat}")
                assert shop is not None
                await follows.start(conn, shop.id, chat, now_ms)
        counts = await Sweep(engine, WATCH, today, now).run()
        return counts[Reason.WARNING] + counts[Reason.CLOSING]
    finally:
        await engine.dispose()


def delivering(root: str, url: str, **options: Any):
    """Intake, worker and delivery on the database, with words for notices."""
    return running(root, url, author=Author(CONTEXT.catalogue, CONTEXT.zone), **options)


async def _main(root: str, url: str) -> None:
    async with delivering(root, url):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
