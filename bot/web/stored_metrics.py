"""The figures of the database: the same in every process."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client.core import Metric
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.schedule import JOB as SWEEP
from bot.warnings.schedule import overdue
from bot.web.families import gauge, gauges, instant
from bot.web.feed_figures import FeedFigures
from bot.web.parts import Parts
from storage import backlog, monitored, rule_lists
from storage.backlog import Job, Queue
from storage.instants import epoch_ms
from storage.monitored import Fed
from storage.outbox import Lane


async def read(parts: Parts, feeds: FeedFigures, now: datetime) -> list[Metric]:
    """All figures as of `now`. Raises the database's errors."""
    today, now_ms = parts.watch.today(now), epoch_ms(now)
    async with parts.engine.begin() as conn:
        return [
            *_waiting(await backlog.updates(conn), await backlog.messages(conn), now_ms),
            *_daily(parts, await backlog.daily_jobs(conn), now),
            *_fed(await feeds.at(conn, today, now_ms)),
            gauges("alliance_dead_letters", "Given up, for an operator", "kind", await monitored.dead(conn)),
            gauges(
                "alliance_closings_undelivered",
                "Closings of today and yesterday that reached nobody",
                "fate",
                await monitored.undelivered_closings(conn, today),
            ),
            gauges(
                "alliance_chats_silent", "Chats that get nothing", "why", await monitored.silent_chats(conn, now_ms)
            ),
            *await _rule_list(conn, parts, now_ms),
        ]


def _waiting(updates: Queue, messages: Mapping[Lane, Queue], now_ms: int) -> Iterator[Metric]:
    """Metrics of the inbox and the outbox."""
    yield gauge("alliance_inbox_waiting", "Updates not handled yet", updates.count)
    yield gauge("alliance_inbox_oldest_seconds", "Age of the first of them", _age_s(updates, now_ms))
    lanes = {lane.name.lower(): queue for lane, queue in messages.items()}
    depth = {lane: queue.count for lane, queue in lanes.items()}
    yield gauges("alliance_outbox_waiting", "Messages not sent yet", "lane", depth)
    oldest = {lane: _age_s(queue, now_ms) for lane, queue in lanes.items()}
    yield gauges("alliance_outbox_oldest_seconds", "How long the first was due", "lane", oldest)


def _daily(parts: Parts, jobs: Sequence[Job], now: datetime) -> Iterator[Metric]:
    days = {job.name: instant(job.last_day) for job in jobs if job.last_day is not None}
    yield gauges("alliance_job_day_seconds", "Day for which a daily job was done last", "task", days)
    done = {job.name: job.done_at / 1000 for job in jobs if job.done_at is not None}
    yield gauges("alliance_job_done_seconds", "When it was done", "task", done)
    last = next((job.last_day for job in jobs if job.name == SWEEP), None)
    late = overdue(last, now, parts.daily_check_at, parts.watch.zone)
    yield gauge("alliance_sweep_overdue_seconds", "How long the daily check has been due", late.total_seconds())


def _fed(fed: Fed) -> Iterator[Metric]:
    """Metrics of the operator's shops and their feed."""
    counts = {"fresh": fed.fresh, "silent": fed.silent, "never": fed.never}
    yield gauges("alliance_feed_shops", "Registered shops by what their feed does", "state", counts)
    if fed.last_seen is not None:
        yield gauge("alliance_feed_seen_seconds", "When a feed last brought a newer day", fed.last_seen / 1000)


async def _rule_list(conn: AsyncConnection, parts: Parts, now_ms: int) -> list[Metric]:
    """The age of the list of rule notices, if one is set; never read: since the start."""
    if not parts.rule_list:
        return []
    read_at = await rule_lists.read_at(conn, parts.rule_list)
    age_s = parts.observer.up_s() if read_at is None else (now_ms - read_at) / 1000
    return [gauge("alliance_rule_notices_age_seconds", "Since the list was last read", age_s)]


def _age_s(queue: Queue, now_ms: int) -> float:
    """Seconds since the first was due; 0 when none is due yet."""
    return max(0, now_ms - queue.since) / 1000 if queue.since is not None else 0.0
