"""Where a score is from, and how long it counts as new."""

from datetime import datetime, timedelta
from enum import StrEnum


class Source(StrEnum):
    """Where a score is from."""

    FEED = "feed"
    MERCHANT = "merchant"


STALE_AFTER = {Source.FEED: timedelta(hours=26), Source.MERCHANT: timedelta(days=7)}
FRESH_DAYS = {Source.FEED: 1, Source.MERCHANT: 7}
"""How old a row may be for good news, a forecast or a reminder."""


def is_stale(last_seen: datetime, source: Source, now: datetime) -> bool:
    """Whether no score has come for more than 26 hours from a feed, or 7 days from the merchant; instants are aware."""
    return now - last_seen > STALE_AFTER[source]
