"""A switch of editions with many kept checks: seconds, memory, and the outcome after kills half way.

    python -m bench.switch [CHECKS]

The work runs in another process, first undisturbed, then killed in the middle of evaluating and in the middle of
telling and started again each time; then each chat concerned must have exactly one message in the outbox.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.memory import peak_mb
from bot.clock import SystemClock
from bot.conversation.memory import CheckUnderway
from bot.jobs.edition_rollout import EditionChanges
from bot.journeys.context import Context
from rules.catalogue.load import load, packaged_folder
from storage import edition_changes
from storage.database import bulk
from storage.database import engine as database
from storage.instants import epoch_ms
from storage.schema import outbox, reassessed

CHECKS = 100_000
OLD, NEW = "2022-10-10", "2026-07-29"
CHUNK = 5_000
OPERATOR = 10**12
DAY = date(2022, 12, 1)


def answers(number: int) -> dict[str, object]:
    """Answers of merchant `number`; neighbours have different answers."""
    return {
        "store_opened": True,
        "account_usable": number % 13 != 0,
        "operating_normally": True,
        "closures": number % 4,
        "score": f"{3 + (number % 200) / 100:.2f}",
        "joined_on": (DAY - timedelta(number % 1500)).isoformat(),
        "in_alliance": number % 2 == 0,
        "penalties": ["2022-11-01"] if number % 11 == 0 else [],
        "related_serious_violation": number % 17 == 0,
        "brand_documents_complete": True,
    }


def kept(number: int) -> tuple[object, ...]:
    """A row of `checks`."""
    check = CheckUnderway(id=f"{number:x}", edition=OLD, key="check:1", answers=answers(number), finished=True)
    return number, OLD, check.model_dump_json(), "{}", DAY.isoformat(), number


async def fill(engine: AsyncEngine, count: int) -> None:
    """Insert `count` chats with a kept check each."""
    names = ("chat_id", "edition", "answers", "report", "on_day", "created_at")
    for start in range(1, count + 1, CHUNK):
        async with engine.begin() as conn:
            await bulk.put(conn, "checks", names, [kept(n) for n in range(start, min(start + CHUNK, count + 1))])


def context() -> Context:
    """The bot, answering by the new edition."""
    known = load(packaged_folder())
    return Context(known, known.edition(NEW), ZoneInfo("Asia/Shanghai"), 20, admins=frozenset({OPERATOR}))


async def carry_on(url: str) -> None:
    """Do the bot's work, confirmed by the operator at once; print seconds and peak memory."""
    engine = database.create(url)
    changes = EditionChanges(engine, context(), SystemClock())
    began = time.monotonic()
    await changes.begin()
    while await changes.evaluate_some():
        pass
    took = time.monotonic() - began
    print(f"evaluated in {took:.1f} s, {time.process_time():.1f} s of CPU, {peak_mb():.0f} MB", flush=True)
    async with engine.begin() as conn:
        change = await edition_changes.last(conn)
        assert change
        await edition_changes.confirm(conn, change.number, epoch_ms(datetime.now(UTC)))
    began = time.monotonic()
    while await changes.announce_some():
        pass
    print(f"told in {time.monotonic() - began:.1f} s, {peak_mb():.0f} MB", flush=True)
    await engine.dispose()


async def killed(url: str, engine: AsyncEngine, until: str) -> None:
    """Run the work, and kill the process some way after `until` begins."""
    process = await run(url, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    if until == "telling":
        await process.stdout.readline()
    while not await is_half_way(engine, until):  # noqa: ASYNC110  (another process does the work)
        await asyncio.sleep(0.02)
    process.kill()
    await process.wait()


async def run(url: str, stdout: int | None = None) -> asyncio.subprocess.Process:
    """The process of the work, begun."""
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.switch", "--run", url, stdout=stdout)


async def is_half_way(engine: AsyncEngine, until: str) -> bool:
    async with engine.connect() as conn:
        if until == "telling":
            return bool(await conn.scalar(select(func.count()).select_from(outbox)))
        change = await edition_changes.last(conn)
        return bool(change and change.done_until)


async def outcome(engine: AsyncEngine) -> tuple[Counter[int], int]:
    """How many messages each chat has, and how many chats the switch concerns."""
    async with engine.connect() as conn:
        told = await conn.execute(select(outbox.c.chat_id, func.count()).group_by(outbox.c.chat_id))
        concerned = await conn.scalar(select(func.count()).select_from(reassessed))
        return Counter({row[0]: row[1] for row in told.all()}), int(concerned or 0)


async def measure(count: int, kills: Sequence[str] = ()) -> None:
    """Print the figures of a switch, killed in the middle of each of `kills` and started again."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder)}/switch.db"
        engine = database.create(url)
        await database.migrate(engine)
        await fill(engine, count)
        for until in kills:
            await killed(url, engine, until)
        await (await run(url)).wait()
        told, concerned = await outcome(engine)
        await engine.dispose()
    told.pop(OPERATOR, None)
    twice = sum(number > 1 for number in told.values())
    print(
        f"{count} checks, killed {len(kills)} times: {concerned} concerned, {len(told)} told, {twice} twice, "
        f"{concerned - len(told)} left out"
    )


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    given = sys.argv[1:]
    if given[:1] == ["--run"]:
        asyncio.run(carry_on(given[1]))
    else:
        checks = int(given[0]) if given else CHECKS
        asyncio.run(measure(checks))
        asyncio.run(measure(checks, ("evaluating", "telling")))
