"""Daily jobs of all processes together: the process at work and the last day done."""

from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.outbox import Lease
from storage.schema import jobs


async def take(
    conn: AsyncConnection, name: str, day: date, lease: Lease, now_ms: int, *, today: date | None = None
) -> bool:
    """Lease the day's job; False when done for the day or a later day, or leased by another owner.

    Done for a day after `today` was done by a clock that was ahead, and counts for nothing.
    """
    fresh = upsert(conn.dialect.name, jobs).values(name=name)
    await conn.execute(fresh.on_conflict_do_nothing(index_elements=["name"]))
    is_due = or_(jobs.c.last_day.is_(None), jobs.c.last_day < day, jobs.c.last_day > (today or date.max))
    is_free = or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= now_ms, jobs.c.owner == lease.owner)
    values = {"owner": lease.owner, "lease_until": lease.until_ms}
    change = update(jobs).where(jobs.c.name == name, is_due, is_free).values(values)
    return bool((await conn.execute(change)).rowcount)


async def done(conn: AsyncConnection, name: str, day: date, owner: str, now_ms: int) -> None:
    """Note the day's job as done and end the owner's lease."""
    its = (jobs.c.name == name, jobs.c.owner == owner)
    values = {"last_day": day, "done_at": now_ms, "owner": None, "lease_until": None}
    await conn.execute(update(jobs).where(*its).values(values))


async def last_day(conn: AsyncConnection, name: str) -> date | None:
    """The last day for which the job was done, None if never."""
    return (await conn.execute(select(jobs.c.last_day).where(jobs.c.name == name))).scalar()
