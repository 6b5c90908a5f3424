"""When a chat may hear what can wait: its quiet hours, the time of its daily message, the merchant's zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.preferences import Hours


def due(now: datetime, zone: ZoneInfo, quiet: Hours | None, digest_at: time | None = None) -> datetime:
    """The first instant from `now` on that is not quiet and, on its day, not before `digest_at`; aware UTC."""
    local = now.astimezone(zone)
    if digest_at and local.time() < digest_at:
        local = local.replace(hour=digest_at.hour, minute=digest_at.minute, second=0, microsecond=0)
    return _after(local, quiet).astimezone(UTC)


def _after(local: datetime, quiet: Hours | None) -> datetime:
    """This instant, or the end of the quiet hours in which it lies; they begin with their first minute."""
    if quiet is None or quiet[0] == quiet[1]:
        return local
    start, until = quiet
    at = local.time()
    passes_midnight = start > until
    is_quiet = (at >= start or at < until) if passes_midnight else start <= at < until
    if not is_quiet:
        return local
    day = local.date() + timedelta(1 if passes_midnight and at >= start else 0)
    return datetime.combine(day, until, local.tzinfo)
