"""The first start on a database restored from a backup; see `storage.database.copies`."""

from datetime import UTC, date, datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.inbox_worker import Worker
from bot.journeys.context import Context
from storage.database import copies
from storage.instants import epoch_ms
from storage.sending import Methods

MOST_STEPS: Final = 10_000
log = structlog.get_logger(__name__)


async def doubted_day(engine: AsyncEngine, context: Context, now: datetime) -> date | None:
    """The merchant's day of the first start on a copy, None if the database is no copy.

    Findings of the day and of days before may have been told by the original.
    """
    async with engine.begin() as conn:
        begun_ms = epoch_ms(now) if await copies.is_new(conn) else await copies.last_begun(conn)
    return None if begun_ms is None else context.today(datetime.fromtimestamp(begun_ms / 1000, UTC))


async def begin_again(engine: AsyncEngine, worker: Worker, methods: Methods, clock: Clock) -> None:
    """On a copy: handle the updates that the original had not handled, then count all answers as maybe delivered.

    To be called before anything is sent: an answer must count as a repeat before the answer's call.
    """
    async with engine.begin() as conn:
        if not await copies.is_new(conn):
            return
    for _ in range(MOST_STEPS):
        if not await worker.step():
            break
    async with engine.begin() as conn:
        count = await copies.begin(conn, methods, milliseconds(clock))
    log.warning("started on a copy of the database", maybe_delivered=count)
