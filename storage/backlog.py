"""Counts and ages of waiting rows, for monitoring; no chat and no shop is named."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import constant
from storage.inbox import WAITING
from storage.outbox import Lane
from storage.schema import inbox, jobs, outbox


@dataclass(frozen=True)
class Queue:
    """Count of waiting rows, and since when the first waits (epoch ms; outbox: since due), None without any."""

    count: int
    since: int | None


@dataclass(frozen=True)
class Job:
    """A daily job: the last day done, and when (epoch ms); None if never."""

    name: str
    last_day: date | None
    done_at: int | None


async def updates(conn: AsyncConnection) -> Queue:
    """The queue of unhandled updates."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state == constant(WAITING))
    count, since = (await conn.execute(query)).one()
    return Queue(count, since)


async def messages(conn: AsyncConnection) -> dict[Lane, Queue]:
    """The queues of unsent messages by lane, messages for a later hour included."""
    query = select(outbox.c.lane, func.count(), func.min(outbox.c.due_at)).where(outbox.c.state == constant(WAITING))
    rows = (await conn.execute(query.group_by(outbox.c.lane))).all()
    return {lane: Queue(0, None) for lane in Lane} | {Lane(lane): Queue(count, since) for lane, count, since in rows}


async def daily_jobs(conn: AsyncConnection) -> list[Job]:
    """The daily jobs, by name."""
    rows = (await conn.execute(select(jobs).order_by(jobs.c.name))).all()
    return [Job(row.name, row.last_day, row.done_at) for row in rows]
