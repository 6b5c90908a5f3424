"""Metrics of one figure, or of one a label."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric


def gauge(name: str, what: str, value: float) -> Metric:
    """A gauge without labels."""
    return GaugeMetricFamily(name, what, value)


def gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    """A gauge for each value of the label."""
    family = GaugeMetricFamily(name, what, labels=[label])
    for labelled, value in sorted(values.items()):
        family.add_metric([labelled], value)
    return family


def counters(name: str, what: str, labels: tuple[str, ...], counts: Sequence[tuple[tuple[str, ...], int]]) -> Metric:
    """A counter for each combination of the labels' values."""
    family = CounterMetricFamily(name, what, labels=labels)
    for labelled, count in sorted(counts):
        family.add_metric(labelled, count)
    return family


def instant(day: date) -> float:
    """The beginning of the day in UTC, epoch seconds."""
    return datetime.combine(day, time(), UTC).timestamp()
