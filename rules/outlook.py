"""Where a score is heading. Estimates only, and the words about estimates must say so.

A series is (day, points) pairs, a pair a day, in any order. The slope is Theil and Sen's: the median of the slopes
between all pairs of days, so that a single odd day moves nothing; in exact fractions, so that every run says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import floor
from statistics import median

from rules.edition import Edition
from rules.lines import LEVEL_OF, distance
from rules.requirements import Effect, Facts, Line, all_hold

Point = tuple[date, Decimal]
Series = Sequence[Point]

WINDOW_DAYS = 14
POINTS_AT_LEAST = 4
HORIZON_DAYS = 14
"""No further ahead than what was looked back on."""
NEWEST_WITHIN_DAYS = 2
"""A series that ended earlier says nothing of the days to come."""
FALL_STEPS = 3
"""A fall or rise over the window of fewer of the score's smallest steps is a wobble."""
FORETOLD = (Effect.WARNING, Effect.CLOSING)


@dataclass(frozen=True, slots=True)
class Trend:
    """`slope`: points a day; `now`: the fitted score at `today`; `span_days`: first to newest day, both counted."""

    slope: Fraction
    now: Fraction
    span_days: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """By the trend of `span_days` days the score will be below `line` on `on`, `days` from today."""

    line: Line
    score: Decimal
    distance: Decimal
    on: date
    days: int
    span_days: int


def trend(series: Series, today: date) -> Trend | None:
    """The trend of the last 14 days; None with fewer than 4 days, or without any of the last three."""
    recent = _recent(series, today)
    if len(recent) < POINTS_AT_LEAST or (today - recent[-1][0]).days > NEWEST_WITHIN_DAYS:
        return None
    points = [((day - today).days, Fraction(score)) for day, score in recent]
    slope = median((y - x) / (b - a) for (a, x), (b, y) in combinations(points, 2))
    now = median(score - slope * day for day, score in points)
    return Trend(slope, now, points[-1][0] - points[0][0] + 1)


def _recent(series: Series, today: date) -> list[Point]:
    """The points of the last 14 days, in order."""
    return sorted(point for point in series if 0 <= (today - point[0]).days < WINDOW_DAYS)


def forecast(edition: Edition, series: Mapping[str, Series], facts: Facts, today: date) -> Forecast | None:
    """The warning or closing line that a falling score reaches first within 14 days, else None.

    `series` by fact; `facts` holds the newest scores and the choices that set limits. A line above the newest score is
    no forecast, nor is the bot's own early line.
    """
    moving = {fact: movement(edition, fact, past, today) for fact, past in series.items()}
    falling = {fact: found for fact, found in moving.items() if found and found.slope < 0}
    lines = (line for line in edition.lines if line.effect in FORETOLD and line.fact in falling)
    reached = (_reach(line, falling[line.fact], facts, today) for line in lines)
    return min((r for r in reached if r), key=lambda r: (r.days, -LEVEL_OF[r.line.effect]), default=None)


def movement(edition: Edition, fact: str, series: Series, today: date) -> Trend | None:
    """The trend, if neither the slope nor the newest score is a wobble, and the newest points alone don't turn back."""
    found, recent = trend(series, today), _recent(series, today)
    if found is None:
        return None
    way = -1 if found.slope < 0 else 1
    gone = max(way * Fraction(recent[-1][1] - score) for _, score in recent)
    newest = trend(recent[-POINTS_AT_LEAST:], today)
    has_turned = newest is not None and newest.slope * way < 0
    is_wobble = min(gone, abs(found.slope) * found.span_days) < FALL_STEPS * Fraction(edition.fact(fact).step)
    return None if has_turned or is_wobble else found


def _reach(line: Line, fall: Trend, facts: Facts, today: date) -> Forecast | None:
    """When the fitted score is strictly below the line, tomorrow at the earliest."""
    gap, score = distance(line, facts), facts.get(line.fact)
    if not all_hold(line.applies_when, facts, today) or gap is None or gap < 0 or not isinstance(score, Decimal):
        return None
    days = max(1, floor((fall.now - Fraction(score - gap)) / -fall.slope) + 1)
    if days > HORIZON_DAYS:
        return None
    return Forecast(line, score, gap, today + timedelta(days), days, fall.span_days)
