"""Numbers in a question: scores in any writing, counts, days, and the side of a number.

Chinese numerals are read only beside a decimal 点 or a unit, so that 一下 and 十分 stay words. The words around numbers
are data, in `numbers.toml`.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from rules.numbers import NUMBER, number
from rules.side import Side
from rules.understanding.tables import any_of, load, split_list

HALF = Decimal("0.5")
_DENIED = ("没", "未", "不")
"""The first characters of words that turn the side about: 没掉到3.8以下."""
_LEAST_YEAR = 15
"""The least number before 年 that is a year (22年): no shop here is older."""


class Unit(StrEnum):
    """The things that numbers count."""

    NONE = ""
    POINTS = "points"
    STARS = "stars"
    TIMES = "times"
    DAYS = "days"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, from `start` to `end`; `value` is in days for spans of time, 0 for an open number.

    `lost`: points taken away (扣4分), no score. `inside`: 60天内. `exact`: written with a decimal point. `is_open`: no
    single number is told (几次, 多少天, 两三次).
    """

    start: int
    end: int
    value: Decimal
    unit: Unit
    side: Side = Side.AT
    lost: bool = False
    inside: bool = False
    exact: bool = True
    is_open: bool = False


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text in one writing, where no two spaces follow each other, in order; in linear time."""
    return tuple(found for match in _pattern().finditer(text) if (found := _number(match)) is not None)


@cache
def _pattern() -> re.Pattern[str]:
    """A pattern for a number with the words around; each kind of unit is a group."""
    words = load("numbers.toml")
    units = "|".join(f"(?P<{kind}>{any_of(names)})" for kind, names in words["unit"].items())
    return re.compile(
        rf"(?P<rating>{any_of(words['star_rating'])}{any_of(words['is'])}{{0,3}})?"
        rf"(?P<lost>{any_of(words['lost'])})?"
        rf"(?P<before>{any_of(*words['before'].values())})?\s?(?:(?:了|等于)\s?)?"
        r"(?<![\d.a-z头])(?!\d[.、)](?!\d))"
        rf"(?P<number>{NUMBER}|半|几|多少)(?P<half>个?半)?\s?"
        rf"(?P<unit>个?(?P<over>多)?个?(?:{units}))?(?P<after>半|{any_of(*words['after'].values())})?"
    )


@cache
def _said(meaning: str) -> frozenset[str]:
    """The words before and behind a number with this meaning, a key of `numbers.toml`."""
    words = load("numbers.toml")
    return frozenset(word for place in ("before", "after") for word in split_list(words[place].get(meaning, "")))


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(any_of(load("numbers.toml")["first"]["counted"]))


def _number(found: re.Match[str]) -> Number | None:
    """The number of a match; None for a bare Chinese numeral, which is part of a word, a date or an idiom."""
    written, (unit, days) = found["number"], _unit(found)
    is_bare = unit is Unit.NONE and not any(mark.isdigit() or mark == "点" for mark in written)
    if is_bare or (written == "半" and unit is not Unit.DAYS) or _is_date(found) or _is_idiom(found):
        return None
    value = HALF if written == "半" else number(written)
    if unit is Unit.DAYS and value is not None:
        value = _in_days(found, value, days)
    return Number(
        found.start(),
        found.end(),
        value or Decimal(0),
        unit,
        _side(found, unit),
        lost=bool(found["lost"]),
        inside=found["after"] in _said("inside"),
        exact="." in written or "点" in written,
        is_open=value is None,
    )


def _unit(found: re.Match[str]) -> tuple[Unit, int]:
    """The unit of the number and the unit's days, 0 for no span of time; a star rating counts stars."""
    kind = next((kind for kind in load("numbers.toml")["unit"] if found[kind]), "")
    name, _, days = kind.partition("_")
    is_rating = found["rating"] and name in (Unit.NONE, Unit.POINTS)
    return (Unit.STARS if is_rating else Unit(name)), int(days or 0)


def _in_days(found: re.Match[str], value: Decimal, days: int) -> Decimal:
    """A span of time in days: 一年半; 两个多月 is at least a day more."""
    half = HALF if found["half"] or found["after"] == "半" else 0
    return ((value + half) * days).to_integral_value() + _is_more(found)


def _is_date(found: re.Match[str]) -> bool:
    """Whether the match is a date (2022年, 十月, 5号), not a span of time."""
    is_year = found["unit"] == "年" and (number(found["number"]) or 0) >= _LEAST_YEAR
    return is_year or (found["unit"] in ("月", "日", "号") and not found["half"])


def _is_idiom(found: re.Match[str]) -> bool:
    """Whether the words count nothing: 老半天, or 第一次 of anything but a closing."""
    is_first = found["number"] == "一" and found.string[: found.start("number")].endswith("第")
    return found[0].endswith("半天") or (is_first and not _counted().match(found.string, found.end()))


def _side(found: re.Match[str], unit: Unit) -> Side:
    """The side of the number that is meant. Days nearly over are below the number, a score nearly reached is not."""
    said = {found["before"], found["after"]}
    if (found["before"] or "").startswith(_DENIED) and found["after"] in _said("below"):
        return Side.ABOVE
    if said & _said("below") or (unit is Unit.DAYS and said & _said("nearly")):
        return Side.BELOW
    is_above = said & _said("above") or found["before"] in _said("more") or (unit is Unit.DAYS and _is_more(found))
    return Side.ABOVE if is_above else Side.AT


def _is_more(found: re.Match[str]) -> bool:
    """Whether more than the number is meant: 两个多月, 60多天, 超过60天."""
    return bool(found["over"] or {found["before"], found["after"]} & _said("more"))
