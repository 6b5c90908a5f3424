"""Days that words mean, compared with a walk through the calendar day by day; the merchant's day in a hundred zones."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.warnings.policy import WatchPolicy
from rules import days
from rules.assessment import assess
from rules.case import supposed
from rules.days import NoSuchDay, Span
from rules.report import Finding, Status
from tests.packaged import FIVE_POINTS

FULL = os.environ.get("FAULTS") == "full"
DAY = timedelta(1)


def todays() -> list[date]:
    """Every day of 1999 to 2031, or those around the ends of years and of February."""
    every = [date(1999, 1, 1) + DAY * each for each in range(33 * 365)]
    return every if FULL else [one for one in every if (one.month, one.day) in NEAR and one.year % 100 < 9]


NEAR = {(12, 30), (12, 31), (1, 1), (1, 2), (2, 27), (2, 28), (2, 29), (3, 1), (3, 2), (3, 31), (5, 31)}


def back_to(today: date, is_it: Callable[[date], bool]) -> date:
    """The first such day going back from `today`."""
    one = today
    while not is_it(one):
        one -= DAY
    return one


def weekday_of_week_before(today: date, weekday: int) -> date:
    """The day of the week before: back to this week's Monday, then on back."""
    monday = back_to(today, lambda one: one.weekday() == 0)
    return back_to(monday - DAY, lambda one: one.weekday() == weekday)


def of_month_before(today: date, day: int) -> date | None:
    """The day of the month before; None where that month has no such day."""
    last = back_to(today, lambda one: one.day == 1) - DAY
    month = list(takewhile(lambda one: one.month == last.month, (last - DAY * each for each in range(40))))
    return next((one for one in month if one.day == day), None)


def meant(text: str, today: date) -> date | None:
    """The single day that the text means; None for a day that the calendar has not."""
    try:
        span = days.read(text, today)
    except NoSuchDay:
        return None
    assert span is not None, text
    assert span.first == span.last, text
    return span.first


@pytest.mark.parametrize("today", todays(), ids=str)
def test_words_for_days_mean_what_a_walk_finds(today: date) -> None:
    assert [meant(word, today) for word in ("今天", "昨天", "前天", "大前天")] == [
        today - DAY * each for each in range(4)
    ]
    for ago in (1, 59, 60, 61, 364, 365, 366):
        assert meant(f"{ago}天前", today) == today - DAY * ago
    for month, day in ((2, 28), (2, 29), (12, 31), (1, 1), (today.month, today.day)):
        expected = back_to(today, lambda one: (one.month, one.day) == (month, day))  # noqa: B023
        assert meant(f"{month}月{day}日", today) == expected
    for number, word in enumerate("一二三四五六日"):
        assert meant(f"上周{word}", today) == weekday_of_week_before(today, number)
    for day in (1, 28, 29, 30, 31):
        assert meant(f"上个月{day}号", today) == of_month_before(today, day)
    before = [one for one in (date(today.year - 1, 1, 1) + DAY * each for each in range(366)) if one.year < today.year]
    assert days.read("去年", today) == Span(before[0], before[-1])
    assert meant("去年2月29日", today) == next((one for one in before if (one.month, one.day) == (2, 29)), None)


def penalties(told: date, on: date) -> Finding:
    """What becomes, on the day, of the criterion of penalties, after one of the day told."""
    report = assess(FIVE_POINTS, supposed(FIVE_POINTS, {"penalties": (told,)}, told), on).entry
    return next(finding for finding in report.findings if finding.id == "admission.penalties")


@pytest.mark.parametrize("told", [date(2003, 12, 31), date(2004, 2, 28), date(2004, 2, 29)], ids=str)
def test_a_criterion_clears_on_the_first_day_that_the_walk_finds_it_met(told: date) -> None:
    clears_on = penalties(told, told).clears_on
    walked = told
    while penalties(told, walked).status is Status.UNMET:
        assert penalties(told, walked).clears_on == clears_on
        walked += DAY
    assert clears_on == walked == told + 366 * DAY, "365 days count, the one after does not"


ZONES = sorted(available_timezones() - {"localtime"})[:: 1 if FULL else 6]


@pytest.mark.parametrize("name", ZONES)
def test_the_merchants_day_is_the_one_on_the_clock_of_the_zone(name: str) -> None:
    zone = ZoneInfo(name)
    policy = WatchPolicy(FIVE_POINTS, zone, None)
    for day in (date(2023, 12, 31), date(2024, 2, 28), date(2024, 2, 29), date(2011, 12, 30), date(2022, 3, 27)):
        for minute in range(-30 * 60, 30 * 60, 30):
            now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute, seconds=-1)
            offset = now.astimezone(zone).utcoffset()
            assert offset is not None
            shifted = datetime(1970, 1, 1) + timedelta(seconds=now.timestamp()) + offset  # noqa: DTZ001
            assert policy.today(now) == shifted.date()
