"""The daily job: once a day, whoever runs it."""

from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.clock import milliseconds
from bot.jobs.deletion import Retention
from storage import schema
from storage.database import engine as database
from storage.retention import DAY_MS
from tests.faults.fastclock import FastClock
from tests.storage.test_personal import row_of

ZONE = ZoneInfo("Asia/Shanghai")


async def test_the_job_runs_once_a_day_over_all_processes(embedded_url: str) -> None:
    engine = database.create(embedded_url)
    clock = FastClock(1)
    async with engine.begin() as conn:
        old = row_of(schema.unanswered, 1) | {"asked_at": milliseconds(clock) - 31 * DAY_MS}
        await conn.execute(insert(schema.unanswered).values(old))
        blocked = row_of(schema.chats, 7) | {"state": "blocked", "updated_at": 0}
        await conn.execute(insert(schema.chats).values(blocked))
    first, second = (Retention(engine, clock, ZONE, owner) for owner in ("one", "two"))
    assert await first.today() == {"unanswered": 1, "blocked": 1}
    assert await second.today() is None
    assert await first.today() is None
    async with engine.begin() as conn:
        assert (await conn.execute(select(schema.chats))).all() == []
    await engine.dispose()
