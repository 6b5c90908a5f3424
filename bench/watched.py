"""The program's import and daily check over many shops, as a process.

python -m bench.watched SHOPS FOLDER      prints seconds and the peak of memory as JSON; FOLDER has the files

7 % of the shops fall below the warning line from the first day to the second, and every shop has a follower.
"""

import asyncio
import csv
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.memory import peak_mb
from bot.feeds.file import BY_OPERATOR, ScoreFile
from bot.feeds.store import Terms, import_file
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.catalogue.load import load, packaged_folder
from rules.reasons import Reason
from rules.watch_state import WatchState
from storage.database import engine as database
from storage.follows import to_raw
from storage.instants import epoch_ms
from storage.schema import WATCH_STATE
from storage.score_files import Incoming

CROSSING = 0.07
ZONE = ZoneInfo("Asia/Shanghai")
DAYS = (date(2022, 10, 9), date(2022, 10, 10))
FIRST_REF = 7_100_000_000


def _literal(value: str | int | None) -> str:
    """The value in the words of SQL."""
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(int(value))


NOTHING_TOLD = dict(zip((column.name for column in WATCH_STATE), to_raw(WatchState(date.min)), strict=True))
FOLLOW = f"""
    INSERT INTO follows (shop_id, chat_id, is_on, frequency, created_at, {", ".join(NOTHING_TOLD)})
    SELECT id, 100000 + id, 1, 'daily', 0, {", ".join(_literal(value) for value in NOTHING_TOLD.values())} FROM shops"""
"""Everybody follows, and nothing was told yet."""


def scores(shops: int, day: int) -> Iterator[int]:
    """Hundredths of each shop on the first or second day; on the second some have fallen below 3.8."""
    random = Random(7)
    for _ in range(shops):
        first, falls, second = random.randint(385, 500), random.random() < CROSSING, random.randint(350, 379)
        yield first if day == 0 or not falls else second


def write_files(folder: Path, shops: int) -> None:
    """Write a feed's files of the two days."""
    for number, day in enumerate(DAYS):
        with (folder / f"{number}.csv").open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(("shop_id", "day", "score"))
            for place, score in enumerate(scores(shops, number)):
                out.writerow((FIRST_REF + place, day, f"{score / 100:.2f}"))


def instant(day: int, hour: float) -> datetime:
    """An hour of the first or second day, UTC."""
    return datetime.combine(DAYS[day], datetime.min.time(), ZONE).astimezone(UTC) + timedelta(hours=hour)


async def run(folder: Path) -> dict[str, float]:
    """Seconds of each day's import and of the daily check, how many were told, and peak memory in MB."""
    engine = database.create(f"sqlite+aiosqlite:///{folder}/ours.db")
    await database.migrate(engine)
    catalogue = load(packaged_folder())
    watch = WatchPolicy(catalogue.edition("2022-10-10"), ZONE, None, catalogue)
    first = await _import(engine, watch, folder, 0)
    async with engine.begin() as conn:
        await conn.exec_driver_sql(FOLLOW)
    await Sweep(engine, watch, DAYS[0], instant(0, 9.5)).run()
    second = await _import(engine, watch, folder, 1)
    start = time.perf_counter()
    counts = await Sweep(engine, watch, DAYS[1], instant(1, 9.5)).run()
    swept = time.perf_counter() - start
    await engine.dispose()
    told = counts[Reason.WARNING]
    return {"first_import_s": first, "import_s": second, "sweep_s": swept, "told": told, "peak_mb": peak_mb()}


async def _import(engine: AsyncEngine, watch: WatchPolicy, folder: Path, day: int) -> float:
    start = time.perf_counter()
    file = ScoreFile(folder / f"{day}.csv", watch.edition.scores, DAYS[day], BY_OPERATOR)
    incoming = Incoming.of(watch.edition, epoch_ms(instant(day, 6)))
    done = await import_file(engine, file, incoming, Terms(watch, registers=True))
    assert done.stored is not None and done.stored.new == file.rows, file.set_aside
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Path(sys.argv[2])))))
