"""The figures in Prometheus' text form. Labels are kinds, lanes and statuses, never a chat, shop or text.

No label is called `job` or `instance`: Prometheus has those for itself, and renames ours.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot import VERSION, logs
from bot.web import intake_metrics, stored_metrics
from bot.web.families import counters, gauge, gauges, instant
from bot.web.feed_figures import FeedFigures
from bot.web.observer import Histogram, Observer
from bot.web.parts import Parts
from rules.checked import in_use
from rules.edition import Catalogue
from rules.reasons import Reason

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
log = structlog.get_logger(__name__)


async def exposition(parts: Parts, feeds: FeedFigures) -> bytes:
    """All current figures as text; without the database those of the process, and that the database is away."""
    now = parts.clock.now()
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_Given([*_process(parts, now), *_seen(parts.observer), *intake_metrics.read(parts.intake)]))
    stored: Iterable[Metric] = ()
    try:
        stored = await stored_metrics.read(parts, feeds, now)
    except (SQLAlchemyError, OSError) as error:
        log.warning("figures without those of the database", error=type(error).__name__)
    is_up = gauge("alliance_database_up", "Whether the database answers", bool(stored))
    registry.register(_Given([is_up, *stored]))
    return generate_latest(registry)


class _Given(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics

    def describe(self) -> Iterable[Metric]:
        return ()


def _process(parts: Parts, now: datetime) -> Iterator[Metric]:
    """Metrics of what this process runs with."""
    yield gauges("alliance_build_info", "The version that runs", "version", {VERSION: 1})
    yield gauge("alliance_operators", "Chats that may act as operators", len(parts.admins))
    catalogue = parts.watch.catalogue or Catalogue((parts.watch.edition,))
    texts = in_use(catalogue, parts.watch.edition, parts.watch.today(now))
    checked = {text.name: instant(text.checked) for text in texts}
    what = "Day of the last comparison with the source"
    yield gauges("alliance_edition_checked_seconds", what, "edition", checked)


def _seen(observer: Observer) -> Iterator[Metric]:
    """Metrics of what this process did."""
    yield _histogram("alliance_update_age_seconds", "Age of a message when it is handled", observer.updates)
    yield _histogram("alliance_answer_seconds", "From an update's arrival to its answer", observer.answers)
    yield gauge("alliance_intake_age_seconds", "Since Telegram was last reached for updates", observer.intake_age_s())
    yield CounterMetricFamily("alliance_updates_repeated", "Updates that came again", observer.repeated)
    yield CounterMetricFamily("alliance_sent", "Calls that took effect in a chat", observer.sent)
    failed = [((fate,), count) for fate, count in observer.failures.items()]
    yield counters("alliance_send_failures", "Calls for a chat that failed, by class", ("class",), failed)
    strange = [((str(status), kind), count) for (status, kind), count in observer.strangers.items()]
    what = "Answers of something other than the Bot API"
    yield counters("alliance_strange_answers", what, ("status", "kind"), strange)
    asked = [((path, str(status)), count) for (path, status), count in observer.requests.items()]
    yield counters("alliance_http_requests", "Requests to this server", ("path", "status"), asked)
    yield CounterMetricFamily("alliance_log_lines_dropped", "Log lines that could not be written", logs.dropped())
    if observer.swept is not None:
        day, outcomes = observer.swept
        yield gauge("alliance_sweep_day_seconds", "Day of the last sweep of this process", instant(day))
        found = {reason.value: outcomes.get(reason, 0) for reason in Reason}
        yield gauges("alliance_sweep_outcomes", "Outcomes of that sweep", "reason", found)


def _histogram(name: str, what: str, seen: Histogram) -> Metric:
    bounds = [*(str(bound) for bound in seen.bounds), "+Inf"]
    return HistogramMetricFamily(
        name, what, buckets=list(zip(bounds, accumulate(seen.counts), strict=True)), sum_value=seen.total
    )
