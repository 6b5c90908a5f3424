"""The policy of the daily check: which scores an edition watches, and when a chat may hear of a warning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.absence import absent_for, scores_that_count
from rules.edition import Edition
from rules.lines import hundredths, limit_for, limits_of
from rules.outlook import FALL_STEPS, FORETOLD
from rules.requirements import Effect
from storage.daily_check.evidence import DayQuery, WatchedScore
from storage.instants import epoch_ms
from storage.preferences import Hours


@dataclass(frozen=True)
class WatchPolicy:
    """Edition and zone of the daily check. `quiet_hours`: of the chats without a choice; None: never quiet."""

    edition: Edition
    zone: ZoneInfo
    quiet_hours: Hours | None

    def today(self, now: datetime) -> date:
        """The merchant's day at `now`."""
        return now.astimezone(self.zone).date()


def day_query(watch: WatchPolicy, day: date, now: datetime) -> DayQuery:
    """The database query for `day`; silence is not looked for on a past day."""
    is_past = day < watch.today(now)
    watched = tuple(_watched(watch.edition, fact) for fact in scores_that_count(watch.edition))
    return DayQuery(day, watched, is_past, None if is_past else epoch_ms(now))


def _watched(edition: Edition, fact: str) -> WatchedScore:
    lines = [line for line in edition.lines if line.fact == fact]
    limits = [(line.effect, hundredths(limit_for(line, {}))) for line in lines]
    foretold = [hundredths(limit) for line in lines if line.effect in FORETOLD for limit in limits_of(line, {})]
    return WatchedScore(
        fact=fact,
        scale=edition.fact(fact).scale,
        low_if_in=max((limit for effect, limit in limits if effect is not Effect.NO_ENTRY), default=0),
        low_if_out=max((limit for effect, limit in limits if effect is Effect.NO_ENTRY), default=0),
        lowest_foretold=min(foretold, default=None),
        fall=hundredths(FALL_STEPS * edition.fact(fact).step),
        absence_counts=any(fact in absent_for(edition, line) for line in edition.lines),
    )


def due(now: datetime, zone: ZoneInfo, quiet: Hours | None, digest_at: time | None = None) -> datetime:
    """The first instant from `now` on outside the quiet hours and not before `digest_at` local time; aware UTC."""
    local = now.astimezone(zone)
    if digest_at and local.time() < digest_at:
        local = local.replace(hour=digest_at.hour, minute=digest_at.minute, second=0, microsecond=0)
    return _after(local, quiet).astimezone(UTC)


def _after(local: datetime, quiet: Hours | None) -> datetime:
    """`local`, or the end of the quiet hours around `local`; the first minute of quiet hours is quiet."""
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
