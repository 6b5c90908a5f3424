"""The end of quiet hours, compared with a walk over each minute, around every change of a zone's clock."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.warnings.local_hours import after
from bot.warnings.policy import due

FULL = os.environ.get("FAULTS") == "full"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FEW = (
    "Africa/Casablanca",  # sets its clock back for one month
    "Africa/Cairo",  # at midnight
    "America/Havana",
    "America/St_Johns",
    "Antarctica/Troll",  # by two hours
    "Asia/Shanghai",
    "Asia/Tehran",
    "Australia/Lord_Howe",  # by half an hour
    "Europe/Berlin",
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Easter",
)
ZONES = sorted(available_timezones() - {"localtime"}) if FULL else FEW
YEARS = range(2000, 2031) if FULL else range(2010, 2013)
NIGHTS = [
    (time(22), time(8)),
    (time(0), time(2, 30)),
    (time(23, 30), time(1, 15)),
    (time(1), time(3)),
    (time(2), time(0)),
]


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The hours before which the zone's clock is set, in the years."""
    hours = [datetime(YEARS[0], 1, 1, tzinfo=UTC)]
    while hours[-1].year <= YEARS[-1]:
        hours.append(hours[-1] + 6 * HOUR)
    for before, now in pairwise(hours):
        if before.astimezone(zone).utcoffset() != now.astimezone(zone).utcoffset():
            yield now


def walked(begin: datetime, zone: ZoneInfo, hours: tuple[time, time]) -> dict[datetime, datetime]:
    """For each minute of three days, the first minute from it on that is not within the hours."""
    start, until = hours
    minutes = [begin + each * MINUTE for each in range(3 * 24 * 60)]
    found, free = {}, None
    for minute in reversed(minutes):
        clock = minute.astimezone(zone).time()
        inside = (start <= clock and clock < until) if start < until else not (until <= clock and clock < start)
        free = free if inside else minute
        if free is not None:
            found[minute] = free
    return found


@pytest.mark.parametrize("name", ZONES)
def test_quiet_hours_end_at_the_minute_at_which_a_walk_leaves_them(name: str) -> None:
    zone, wrong, compared = ZoneInfo(name), [], 0
    for change in changes(zone) if name != "Asia/Shanghai" else [datetime(2022, 1, 1, tzinfo=UTC)]:
        for hours in NIGHTS:
            walk = walked(change - 36 * HOUR, zone, hours)
            for minute in list(walk)[:: 15 if FULL else 60]:
                compared += 1
                if after(minute, zone, hours) != walk[minute]:
                    wrong.append((minute, hours))
    assert wrong == [], f"{len(wrong)} of {compared}"
    assert compared > 0 or FULL


def test_an_end_is_never_in_the_past_and_keeps_seconds_outside_the_hours() -> None:
    zone = ZoneInfo("Africa/Casablanca")
    now = datetime(2022, 3, 27, 1, 30, 20, 5, tzinfo=UTC)
    assert after(now, zone, (time(3), time(3))) == now
    assert due(now, zone, (time(1), time(2, 45)), time(2, 30)) >= now


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        pytest.param("Africa/Casablanca", "2022-03-27T02:10", "2022-03-27T02:30", id="the hour comes twice"),
        pytest.param("Europe/Berlin", "2022-03-27T00:30", "2022-03-27T01:00", id="the end is skipped"),
        pytest.param("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T18:00", id="the day after is skipped"),
    ],
)
def test_examples_by_hand(zone: str, now: str, expected: str) -> None:
    hours = (time(22), time(8)) if zone == "Pacific/Apia" else (time(22), time(2, 30))
    assert after(datetime.fromisoformat(f"{now}Z"), ZoneInfo(zone), hours) == datetime.fromisoformat(f"{expected}Z")
