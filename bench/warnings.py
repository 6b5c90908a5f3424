"""Sending due warnings to as many chats, at the pace allowed by Telegram, while some people go on talking.

python -m bench.warnings [WARNINGS]
"""

import asyncio
import sys
import tempfile
import time
from bisect import bisect_left
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from zoneinfo import ZoneInfo

from bench.contestants import RUN, SETTINGS, TOKEN, Contestant
from bench.load import bot_at, people, sent
from bot.sandbox.listening import Listener, serving
from bot.sandbox.people import says
from bot.sandbox.state import Chat, World
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.catalogue.load import load, packaged_folder
from storage import follows, score_files, shops, staged_shops
from storage.database import engine as database
from storage.instants import epoch_ms
from storage.score_files import Incoming, Stored

WARNINGS, TALKING = 3_000, 20
EVERY_S = 10.0
"""Seconds between two messages of a talking person."""

PATIENCE_S = 5.0
RATE = 29.0
MOST_IN_A_SECOND = 30
WANTED_SHARE, WANTED_P95_S = 0.95, 1.5
LIMITED = Contestant("limited", RUN, {**SETTINGS, "MESSAGES_PER_MINUTE": "1000", "QUIET_HOURS": ""})
"""The whole bot, with the limit on the rate."""

WATCH = WatchPolicy(load(packaged_folder()).edition("2022-10-10"), ZoneInfo("Asia/Shanghai"), None)


async def fill(url: str, chats: list[Chat]) -> None:
    """Let a shop of each chat fall below the warning line, and run the check."""
    engine, now = database.create(url), datetime.now(UTC)
    now_ms, today = epoch_ms(now), WATCH.today(now)
    await database.migrate(engine)
    async with engine.begin() as conn:
        await score_files.begin(conn)
        last = await score_files.stage(conn, [(f"S{chat.id}", today, 0, 370, None) for chat in chats], 0)
        await staged_shops.unknown(conn)
        await staged_shops.register(conn, {}, now_ms)
        for part in score_files.portions(last):
            await score_files.store(conn, Incoming((("score", "0-5"),), now_ms), part, Stored())
        for chat in chats:
            shop = await shops.by_ref(conn, f"S{chat.id}")
            assert shop is not None
            await follows.start(conn, shop.id, chat.id, now_ms)
    await Sweep(engine, WATCH, today, now).run()
    await engine.dispose()


async def talk(listener: Listener, world: World, chats: list[Chat], until: asyncio.Event) -> list[float]:
    """Seconds from each question to the first word of the answer; all ask in turn until `until` is set."""
    asked: list[tuple[Chat, float]] = []
    while not until.is_set():
        chat, start = chats[len(asked) % len(chats)], time.monotonic()
        says(world, chat, "体验分 3.7 会怎样")
        asked.append((chat, start))
        await asyncio.sleep(EVERY_S / len(chats))
    await asyncio.sleep(PATIENCE_S)
    return [_waited(listener, chat, start) for chat, start in asked]


def _waited(listener: Listener, chat: Chat, start: float) -> float:
    return min(
        (call["mono"] - start for call in sent(listener, chat_id=chat.id) if call["mono"] >= start),
        default=float("inf"),
    )


async def main(count: int = WARNINGS) -> bool:
    """Whether the pace and the replies' p95 are as wanted; prints both."""
    async with serving() as listener:
        world = listener.sandbox.enter(TOKEN)
        chats = people(world, count + TALKING)
        warned, talking = chats[:count], chats[count:]
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{Path(folder)}/bench.db"
            await fill(url, warned)
            async with bot_at(listener, LIMITED, folder):
                done = asyncio.Event()
                talked = asyncio.create_task(talk(listener, world, talking, done))
                arrived = await _arrived(listener, {chat.id for chat in warned}, count)
                done.set()
                waited = await talked
    return _report(listener, arrived, waited, count)


async def _arrived(listener: Listener, warned: set[int], count: int) -> list[float]:
    """When each of the warnings reached the server.

    The server runs in this process, and a look at thousands of calls would keep the server from noting the next ones on
    time: so nobody looks before the rate allows the last warning.
    """
    deadline = time.monotonic() + 60 + 2 * count / RATE
    await asyncio.sleep(count / RATE)
    while time.monotonic() < deadline:
        times = [call["mono"] for call in sent(listener) if call["chat_id"] in warned]
        if len(times) >= count:
            return times
        await asyncio.sleep(0.5)
    raise TimeoutError(f"fewer than {count} warnings arrived")


def _report(listener: Listener, arrived: list[float], waited: list[float], count: int) -> bool:
    first, last = min(arrived), max(arrived)
    calls = sent(listener)
    pace = sum(first < call["mono"] <= last for call in calls) / (last - first)
    p95 = quantiles(waited, n=20)[-1]
    times = sorted(call["mono"] for call in calls)
    most = max(bisect_left(times, at + 1) - place for place, at in enumerate(times))
    print(f"{count:,} warnings to as many chats: {pace:.1f} messages a second of {RATE:g} allowed, "
          f"{pace / RATE:.1%} (wanted >= {WANTED_SHARE:.0%}); "
          f"{most} in the fullest second (wanted <= {MOST_IN_A_SECOND})")  # fmt: skip
    print(f"{len(waited)} replies to {TALKING} who talk meanwhile: p95 {p95:.2f} s (wanted <= {WANTED_P95_S:g})")
    return pace >= WANTED_SHARE * RATE and most <= MOST_IN_A_SECOND and p95 <= WANTED_P95_S


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else WARNINGS)) else 1)
