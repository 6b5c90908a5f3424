"""Claims about facts in three values: True, False, and None for "not known"."""

from collections.abc import Iterable
from datetime import date, timedelta

from rules.edition import Condition, Facts


def holds(condition: Condition, facts: Facts, on: date | None) -> bool | None:
    """Whether the claim is true on this day; None while its fact is unknown. Without a day, counts of days are None."""
    if condition.fact not in facts:
        return None
    value = facts[condition.fact]
    if condition.absent is not None:
        return (value is None) is condition.absent
    if condition.equals is not None:
        return value is condition.equals
    if condition.among is not None:
        return value in condition.among
    if not isinstance(value, date):
        return False
    last = last_day(condition, value)
    return None if on is None else on <= last


def last_day(condition: Condition, day: date) -> date:
    """The last day on which a claim that counts days from this day is true."""
    if condition.within_days is not None:
        return later(day, condition.within_days)
    return later(day, (condition.fewer_days or 0) - 1)


def first_day_without(conditions: Iterable[Condition], facts: Facts) -> date | None:
    """The first day on which one of the claims that count days is true no more; None when no day ends them."""
    counted = ((c, facts.get(c.fact)) for c in conditions if c.within_days is not None or c.fewer_days is not None)
    return min((later(last_day(c, day), 1) for c, day in counted if isinstance(day, date)), default=None)


def all_hold(conditions: Iterable[Condition], facts: Facts, on: date | None) -> bool | None:
    """False as soon as one is false, None when one is unknown, else True."""
    found = [holds(condition, facts, on) for condition in conditions]
    if False in found:
        return False
    return None if None in found else True


def waits_on(conditions: Iterable[Condition], facts: Facts) -> tuple[str, ...]:
    """The first fact that the claims turn on and that is not known; what follows may not matter any more."""
    unknown = (condition.fact for condition in conditions if condition.fact not in facts)
    return tuple(unknown)[:1]


def later(day: date, days: int) -> date:
    """So many days later; the calendar's last day when that lies beyond it."""
    return day + timedelta(min(days, (date.max - day).days))
