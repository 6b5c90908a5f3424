"""How much waits, and since when: for those who watch the bot. No chat and no shop is named."""

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
    """`count` rows wait; the first of them since `since` (epoch ms; of the outbox: due since), None when none does."""

    count: int
    since: int | None


@dataclass(frozen=True)
class Job:
    """A daily job: the day for which it was done last, and when (epoch ms); None if it never was."""

    name: str
    last_day: date | None
    done_at: int | None


async def updates(conn: AsyncConnection) -> Queue:
    """Updates that are not handled yet."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state == constant(WAITING))
    count, since = (await conn.execute(query)).one()
    return Queue(count, since)


async def messages(conn: AsyncConnection) -> dict[Lane, Queue]:
    """Messages that are not sent yet, by lane; those of a later hour too."""
    query = select(outbox.c.lane, func.count(), func.min(outbox.c.due_at)).where(outbox.c.state == constant(WAITING))
    rows = (await conn.execute(query.group_by(outbox.c.lane))).all()
    return {lane: Queue(0, None) for lane in Lane} | {Lane(lane): Queue(count, since) for lane, count, since in rows}


async def daily_jobs(conn: AsyncConnection) -> list[Job]:
    """What runs once a day."""
    rows = (await conn.execute(select(jobs).order_by(jobs.c.name))).all()
    return [Job(row.name, row.last_day, row.done_at) for row in rows]
