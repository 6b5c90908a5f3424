"""Counts and ages of waiting rows, on both engines."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import backlog, inbox, jobs, outbox
from storage.backlog import Job, Queue
from storage.inbox import Arrival
from storage.outbox import Lane, Lease, Message


async def test_an_empty_database_has_nothing_waiting(conn: AsyncConnection) -> None:
    assert await backlog.updates(conn) == Queue(0, None)
    assert await backlog.messages(conn) == dict.fromkeys(Lane, Queue(0, None))
    assert await backlog.daily_jobs(conn) == []


async def test_only_what_waits_is_counted_from_its_first(conn: AsyncConnection) -> None:
    await inbox.add(conn, [Arrival(1, 1, "{}"), Arrival(2, 2, "{}", "no object")], 50)
    await inbox.add(conn, [Arrival(3, 3, "{}")], 60)
    await outbox.enqueue(conn, [Message(1, Lane.BULK, "sendMessage", {})], 70)
    await outbox.enqueue(conn, [Message(2, Lane.BULK, "sendMessage", {})], 80)
    await outbox.enqueue(conn, [Message(3, Lane.REPLY, "sendMessage", {})], 90, Lease("me", 100))
    assert await backlog.updates(conn) == Queue(2, 50)
    assert await backlog.messages(conn) == {
        Lane.REPLY: Queue(0, None),
        Lane.WARNING: Queue(0, None),
        Lane.BULK: Queue(2, 70),
    }


async def test_a_daily_job_is_known_by_its_last_day(conn: AsyncConnection) -> None:
    await jobs.take(conn, "sweep", date(2022, 10, 10), Lease("me", 10), 5)
    assert await backlog.daily_jobs(conn) == [Job("sweep", None, None)]
    await jobs.done(conn, "sweep", date(2022, 10, 10), "me", 7)
    assert await backlog.daily_jobs(conn) == [Job("sweep", date(2022, 10, 10), 7)]
