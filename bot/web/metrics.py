"""The figures in Prometheus' text form. Labels are kinds, lanes and statuses, never a chat, shop or text."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from bot.clock import milliseconds
from bot.web.observer import Histogram, Observer
from bot.web.parts import Parts
from rules.checked import in_use
from rules.edition import Catalogue
from storage import backlog, rule_lists
from storage.backlog import Job, Queue
from storage.outbox import Lane

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


async def exposition(parts: Parts) -> bytes:
    """All current figures as text. Raises the database's errors."""
    async with parts.engine.begin() as conn:
        updates = await backlog.updates(conn)
        messages = await backlog.messages(conn)
        jobs = await backlog.daily_jobs(conn)
        list_read_at = await rule_lists.read_at(conn, parts.rule_list)
    now_ms = milliseconds(parts.clock)
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    for found in (
        _seen(parts.observer),
        _waiting(updates, messages, now_ms),
        _daily(jobs),
        _rules(parts, list_read_at),
    ):
        registry.register(_Given(list(found)))
    return generate_latest(registry)


class _Given(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics

    def describe(self) -> Iterable[Metric]:
        return ()


def _seen(observer: Observer) -> Iterator[Metric]:
    """Metrics of this process."""
    yield _histogram("alliance_update_age_seconds", "Age of a message when it is handled", observer.updates)
    yield _histogram("alliance_answer_seconds", "From an update's arrival to its answer", observer.answers)
    yield GaugeMetricFamily(
        "alliance_intake_age_seconds", "Since Telegram was last reached for updates", observer.intake_age_s()
    )
    yield CounterMetricFamily("alliance_sent", "Calls that took effect in a chat", observer.sent)
    failures = CounterMetricFamily("alliance_send_failures", "Calls for a chat that failed, by class", labels=["class"])
    for fate, count in sorted(observer.failures.items()):
        failures.add_metric([fate], count)
    yield failures
    requests = CounterMetricFamily("alliance_http_requests", "Requests to this server", labels=["path", "status"])
    for (path, status), count in sorted(observer.requests.items()):
        requests.add_metric([path, str(status)], count)
    yield requests
    if observer.swept is not None:
        day, counts = observer.swept
        yield GaugeMetricFamily("alliance_sweep_day_seconds", "Day of the last sweep of this process", _instant(day))
        outcomes = GaugeMetricFamily("alliance_sweep_outcomes", "Outcomes of that sweep", labels=["reason"])
        for reason, number in sorted(counts.items()):
            outcomes.add_metric([reason.value], number)
        yield outcomes


def _waiting(updates: Queue, messages: dict[Lane, Queue], now_ms: int) -> Iterator[Metric]:
    """Metrics of the inbox and the outbox, shared by all processes."""
    yield GaugeMetricFamily("alliance_inbox_waiting", "Updates not handled yet", updates.count)
    yield GaugeMetricFamily("alliance_inbox_oldest_seconds", "Age of the first of them", _age_s(updates, now_ms))
    depth = GaugeMetricFamily("alliance_outbox_waiting", "Messages not sent yet", labels=["lane"])
    oldest = GaugeMetricFamily("alliance_outbox_oldest_seconds", "How long the first was due", labels=["lane"])
    for lane, queue in sorted(messages.items()):
        depth.add_metric([lane.name.lower()], queue.count)
        oldest.add_metric([lane.name.lower()], _age_s(queue, now_ms))
    yield from (depth, oldest)


def _daily(jobs: list[Job]) -> Iterator[Metric]:
    day = GaugeMetricFamily("alliance_job_day_seconds", "Day for which a daily job was done last", labels=["job"])
    done = GaugeMetricFamily("alliance_job_done_seconds", "When it was done", labels=["job"])
    for job in jobs:
        if job.last_day is not None and job.done_at is not None:
            day.add_metric([job.name], _instant(job.last_day))
            done.add_metric([job.name], job.done_at / 1000)
    yield from (day, done)


def _rules(parts: Parts, list_read_at: int | None) -> Iterator[Metric]:
    """Metrics of the rules that this process goes by, and of the list of rule notices if any."""
    watch = parts.watch
    catalogue = watch.catalogue or Catalogue((watch.edition,))
    day = GaugeMetricFamily(
        "alliance_edition_checked_seconds", "Day of the last comparison with the source", labels=["edition"]
    )
    for text in in_use(catalogue, watch.edition, watch.today(parts.clock.now())):
        day.add_metric([text.name], _instant(text.checked))
    yield day
    if list_read_at is not None:
        age_s = (milliseconds(parts.clock) - list_read_at) / 1000
        yield GaugeMetricFamily("alliance_rule_notices_age_seconds", "Since the list was last read", age_s)


def _histogram(name: str, what: str, seen: Histogram) -> Metric:
    bounds = [*(str(bound) for bound in seen.bounds), "+Inf"]
    return HistogramMetricFamily(
        name, what, buckets=list(zip(bounds, accumulate(seen.counts), strict=True)), sum_value=seen.total
    )


def _age_s(queue: Queue, now_ms: int) -> float:
    """Seconds since the first message was due; 0 when none is due yet."""
    return max(0, now_ms - queue.since) / 1000 if queue.since is not None else 0.0


def _instant(day: date) -> float:
    """The beginning of the day in UTC, epoch seconds."""
    return datetime.combine(day, time(), UTC).timestamp()
