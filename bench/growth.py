"""Growth with the number of shops: bytes a row, and times of the operators' reports.

    python -m bench.growth 100000                                        on SQLite, in a new file
    python -m bench.growth 100000 postgresql+asyncpg://…/an_empty_one    on PostgreSQL

Each shop has a follower; a fifth was told something today. No merchant is real.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rules.catalogue.load import load, packaged_folder
from rules.watch_state import WatchState
from storage import announcements, audiences, notice_evidence, overview
from storage.audiences import Audience
from storage.daily_check import standings
from storage.database import bulk, copying
from storage.database import engine as database
from storage.follows import to_raw
from storage.schema import WATCH_STATE

EDITION = load(packaged_folder()).edition("2022-10-10")
TODAY, CHAT = date(2026, 11, 24), 10**9
BATCH = 20_000
Row = tuple[Any, ...]


def tables(shops: int, now_ms: int) -> list[tuple[str, str, list[Row]]]:
    """The rows to fill: (table, columns, rows)."""
    chance, every, told, day = random.Random(1), range(1, shops + 1), range(1, shops // 5 + 1), TODAY.toordinal()
    score = "fact day shop_id hundredths scale source stored_at"
    state = " ".join(column.name for column in WATCH_STATE)
    sent = "chat_id lane method numbered key in_order notice_id state due_at tries unsure message_id created_at done_at"
    days = [TODAY - timedelta(back) for back in range(3)]
    window = '{"window":{"since":"2026-11-24T00:00:00Z","count":3}}'
    return [
        ("shops", "id ref name source created_at", [(n, f"S{10**11 + n}", f"小店{n}", "feed", 0) for n in every]),
        *(
            ("scores", score, [("score", d.toordinal(), n, chance.randint(300, 500), "0-5", "feed", 0) for n in every])
            for d in days
        ),
        (
            "newest",
            "shop_id fact day hundredths highest scale source seen_at",
            [(n, "score", day, chance.randint(300, 500), 500, "0-5", "feed", now_ms) for n in every],
        ),
        (
            "follows",
            f"shop_id chat_id is_on frequency created_at {state}",
            [(n, CHAT + n, True, "daily", 0, *to_raw(WatchState(date.min))) for n in every],
        ),
        ("dialogues", "chat_id version body updated_at", [(CHAT + n, 1, window, now_ms) for n in every]),
        (
            "inbox",
            "key chat_id state tries due_at received_at done_at",
            [(n, CHAT + n, "done", 0, now_ms, now_ms, now_ms) for n in every],
        ),
        (
            "notices",
            "id chat_id day edition is_urgent is_late made_at due_at",
            [(n, CHAT + n, day, EDITION.name, False, False, now_ms, now_ms) for n in told],
        ),
        (
            "notice_items",
            "notice_id shop_id subject reason line fact hundredths score_day",
            [(n, n, "", "warning", "warning", "score", 370, day) for n in told],
        ),
        (
            "outbox",
            sent,
            [
                (CHAT + n, 1, "sendMessage", True, f"notice:{n}", True, n, "sent", now_ms, 1, False, n, now_ms, now_ms)
                for n in told
            ],
        ),
    ]


async def size(engine: AsyncEngine) -> int:
    """Bytes of the whole database."""
    if engine.dialect.name == "sqlite":
        file = database.file_of(str(engine.url))
        with closing(sqlite3.connect(file)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.stat().st_size
    async with engine.connect() as conn:
        return int((await conn.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())


async def fill(engine: AsyncEngine, table: str, columns: str, rows: Sequence[Row]) -> None:
    """Insert the rows; print seconds and bytes a row, indexes included."""
    before, began = await size(engine), time.perf_counter()
    async with engine.begin() as conn:
        for start in range(0, len(rows), BATCH):
            await bulk.put(conn, table, tuple(columns.split()), rows[start : start + BATCH])
    took_s = time.perf_counter() - began
    print(
        f"{table:13} {len(rows):8} rows  {took_s:6.2f} s  {(await size(engine) - before) / len(rows):5.0f} bytes a row"
    )


def looks(now_ms: int) -> dict[str, Callable[[AsyncConnection], Awaitable[Any]]]:
    """The operators' reports, by name."""
    return {
        "merchants": lambda conn: overview.merchants(conn, now_ms),
        "shops by standing": lambda conn: standings.counts(conn, (EDITION,)),
        "notices of the day": lambda conn: notice_evidence.counts(conn, TODAY, now_ms),
        "feeds": lambda conn: overview.feeds(conn, TODAY, now_ms),
        "the whole overview": lambda conn: overview.overview(conn, (EDITION,), TODAY, now_ms),
        "evidence of one": lambda conn: notice_evidence.of(conn, 7, now_ms),
        "reach of a standing": lambda conn: audiences.reach(conn, (EDITION,), Audience.WARNING),
        "announcement settled": lambda conn: _announce(conn, now_ms),
    }


async def _announce(conn: AsyncConnection, now_ms: int) -> None:
    number = await announcements.begin(conn, None, Audience.ALL, now_ms, "…")
    await announcements.confirm(conn, number, (EDITION,), now_ms)


async def measure(url: str, shops: int) -> None:
    """Fill the database and print all figures."""
    now_ms = int(time.time() * 1000)
    engine = database.create(url)
    await database.migrate(engine)
    for table, columns, rows in tables(shops, now_ms):
        await fill(engine, table, columns, rows)
    async with engine.begin() as conn:
        await conn.exec_driver_sql("ANALYZE")
    for name, look in looks(now_ms).items():
        async with engine.begin() as conn:
            began = time.perf_counter()
            await look(conn)
            print(f"{name:22} {(time.perf_counter() - began) * 1000:7.0f} ms")
    print(f"{'the database':22} {await size(engine) / 1e6:7.0f} MB")
    if engine.dialect.name == "sqlite":
        _back_up(url)
    await engine.dispose()


def _back_up(url: str) -> None:
    target = database.file_of(url).with_name("copy.db")
    began = time.perf_counter()
    copying.backup(url, target, 0)
    print(f"{'backup':22} {time.perf_counter() - began:7.1f} s")


def main() -> None:
    """Command line: how many shops, and an empty database."""
    shops = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite+aiosqlite:///{Path(folder)}/growth.db"
        asyncio.run(measure(url, shops))


if __name__ == "__main__":
    main()
