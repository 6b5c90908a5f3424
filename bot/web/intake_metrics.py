"""Metrics of the way in: who else takes the updates, and what waits at Telegram."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from bot.telegram.polling import Poller
from bot.telegram.webhook import Webhook
from bot.telegram.webhook_info import WebhookInfo
from bot.web.families import gauge, gauges


def read(intake: Poller | Webhook | None) -> Iterator[Metric]:
    """The metrics; what Telegram has not told yet is left out."""
    refused = {"webhook": 0, "another_process": 0}
    if isinstance(intake, Poller) and intake.conflicts.why:
        refused["webhook" if intake.conflicts.is_webhook else "another_process"] = 1
    yield gauges("alliance_polls_refused", "Whether somebody else takes the updates", "by", refused)
    info = intake.info if isinstance(intake, Webhook) else WebhookInfo(pending=0)
    if info is None:
        return
    if info.pending is not None:
        yield gauge("alliance_webhook_pending", "Updates that wait at Telegram for the webhook", info.pending)
    at = info.error_at.timestamp() if info.error_at else 0
    yield gauge("alliance_webhook_error_seconds", "When Telegram's last failed call of the webhook was", at)
