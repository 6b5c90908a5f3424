"""The end of hours of the day by a zone's clock, also where that clock is set ahead or back (pure)."""

from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.preferences import Hours

_DAY = timedelta(1)


def after(now: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    """The first instant from `now` on at which the zone's clock stands outside the hours; aware UTC.

    The hours begin with the first minute and end before the last; they may pass midnight. Two equal ones are none.
    """
    at = now.astimezone(UTC)
    while is_within(_clock(at, zone), hours):
        end = at + _until(_clock(at, zone), hours[1])
        at = end if _offset(at, zone) == _offset(end, zone) else _first_change(at, end, zone)
    return at


def is_within(clock: time, hours: Hours) -> bool:
    """Whether the clock stands within the hours."""
    start, until = hours
    return start <= clock < until if start <= until else clock >= start or clock < until


def _clock(at: datetime, zone: ZoneInfo) -> time:
    return at.astimezone(zone).time()


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _until(clock: time, until: time) -> timedelta:
    """How long a clock that nobody sets takes to `until`."""
    return (datetime.combine(date.min, until) - datetime.combine(date.min, clock)) % _DAY


def _first_change(before: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The second in which the clock is set, after `before` and up to `end`."""
    seconds, offset = range(int(before.timestamp()), int(end.timestamp()) + 1), _offset(before, zone)
    place = bisect(seconds, False, key=lambda second: _offset(datetime.fromtimestamp(second, UTC), zone) != offset)
    return datetime.fromtimestamp(seconds[place], UTC)
