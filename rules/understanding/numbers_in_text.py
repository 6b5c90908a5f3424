"""Numbers in a question: scores in any writing, counts, days, and which side of a number is meant.

Chinese numerals are read only where a decimal 点 or a unit stands by them, so that 一下 and 十分 stay words.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules.reading import Side

_DIGITS = {
    digit: value
    for value, digits in enumerate(("零〇", "一幺", "二两俩", "三仨", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_ONE = "[零〇一幺二两俩三仨四五六七八九十百]"
_NUMBER = re.compile(
    rf"""
    (?P<stars>星级(?:评分|分数)?(?:是|为|有|才|只有|显示|现在|目前|:|\s){{0,3}})?
    (?P<lost>扣(?:了|掉)?|罚(?:了|掉)?|记|累计|满?扣满|[降掉跌涨升差少]了?(?=0\.\d))?
    (?P<before>不低于|不少于|低于|快要?到?|快满|将近|接近|少于|小于|不到|不足|没到|没有到|没够|未到|未满|不满|跌破|跌到|破|高于|大于|超过|达到|到达
      |>=|<=|>|<|below|under|less\ than|lower\ than|above|over|more\ than|at\ least)?\s*(?:了|等于)?\s*
    (?<![\d.a-z头])(?!\d[.、)](?!\d))
    (?P<number>\d{{1,12}}[.点]\d{{1,6}}|\d{{1,12}}|{_ONE}{{1,6}}点{_ONE}{{1,4}}|半|{_ONE}{{1,6}}|几|多少)
    (?P<half>个?半)?\s*
    (?P<unit>个?(?:百|多)?(?:分钟|分|颗?星(?!期)|次(?!要|日|性|说|讲|列|看|搞)|回(?!事|来|到|复)|遍|天|日|个?多?月|年|周|星期|礼拜|粉|元|块|万|千|%|级|号|点|小时|岁|家|个店?|条|类|种|单|件|人|位)
      |(?:points?|pts|stars?|times?|days?|months?|years?|weeks?)\b)?
    (?P<after>半|以下|之下|以上|及以上|之上|往上|往下|以内|之内|内|多)?
    """,
    re.VERBOSE,
)
_CLOSED = re.compile("(?:被|关|清|踢|停|警|违|系统|机会)")
_BELOW = frozenset(
    (
        *("低于", "少于", "小于", "不到", "不足", "没到", "没有到", "没够", "未到", "未满", "不满", "跌破", "破", "<"),
        *("below", "under", "less than", "lower than", "以下", "之下", "往下"),
    )
)
_ABOVE = frozenset(
    (
        *(
            "不低于",
            "不少于",
            "高于",
            "大于",
            "超过",
            "达到",
            "到达",
            ">",
            ">=",
            "above",
            "over",
            "more than",
            "at least",
        ),
        *("以上", "及以上", "之上", "往上"),
    )
)
_MORE = frozenset(("高于", "大于", "超过", ">", "above", "over", "more than"))
_NEARLY = frozenset(("快", "快到", "快要", "快要到", "快满", "将近", "接近"))
_INSIDE = frozenset(("以内", "之内", "内"))
_DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}
_DAYS_OF |= {"day": 1, "week": 7, "month": 30, "year": 365}
_COUNTS = frozenset(("次", "回", "遍", "time"))
_POINTS = frozenset(("分", "point", "pt"))
_STARS = frozenset(("星", "颗星", "star"))


class Unit(StrEnum):
    """What a number counts."""

    NONE = ""
    POINTS = "points"
    STARS = "stars"
    TIMES = "times"
    DAYS = "days"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: its span, its value (days for spans of time), what it counts, and which side is meant.

    `lost`: points taken away (扣4分), which are no score. `inside`: 60天内. `asked`: 几, 多少, where the number is the
    question. `exact`: written with a decimal point.
    """

    start: int
    end: int
    value: Decimal
    unit: Unit
    side: Side = Side.AT
    lost: bool = False
    inside: bool = False
    exact: bool = True
    asked: bool = False


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a plain text, in order. Linear in its length."""
    return tuple(number for found in _NUMBER.finditer(text) if (number := _number(found)) is not None)


def _number(found: re.Match[str]) -> Number | None:
    """The number of one match; None for a bare Chinese numeral, which is part of a word."""
    written, unit = found["number"], _unit(found["unit"] or "")
    unit = Unit.STARS if found["stars"] and unit in (Unit.NONE, Unit.POINTS) else unit
    asked = written in ("几", "多少")
    bare_numeral = unit is Unit.NONE and not any(mark.isdigit() or mark == "点" for mark in written)
    if (bare_numeral or (written == "半" and unit is not Unit.DAYS)) and not asked:
        return None
    if (asked and unit is Unit.NONE) or _is_date(found) or _is_idiom(found):
        return None
    return Number(
        found.start(),
        found.end(),
        Decimal(0) if asked else _value(found, unit),
        unit,
        _side(found["before"] or "", found["after"] or "", unit, more=_is_more(found)),
        lost=bool(found["lost"]),
        inside=found["after"] in _INSIDE,
        exact="." in written or "点" in written,
        asked=asked,
    )


def _is_date(found: re.Match[str]) -> bool:
    """Whether this is a day of the calendar (2022年, 十月, 5号), not a span of time."""
    unit = found["unit"] or ""
    return (unit == "年" and len(found["number"]) == 4) or (unit in ("月", "日", "号") and not found["half"])


def _is_idiom(found: re.Match[str]) -> bool:
    """Whether the words count nothing: 老半天, or 第一次 of anything but a closing."""
    first = found["number"] == "一" and found.string[: found.start("number")].endswith("第")
    return found[0].endswith("半天") or (first and not _CLOSED.match(found.string, found.end()))


def _value(found: re.Match[str], unit: Unit) -> Decimal:
    """The value of the number, in days where it is a span of time: 一年半; 两个多月 is a day more at least."""
    value = _written(found["number"])
    if unit is not Unit.DAYS:
        return value
    if found["half"] or found["after"] == "半":
        value += Decimal("0.5")
    return (value * _days(found["unit"])).to_integral_value() + _is_more(found)


def _days(unit: str) -> int:
    return next(days for name, days in _DAYS_OF.items() if name in unit)


def _unit(written: str) -> Unit:
    """What the unit word stands for."""
    word = written.removeprefix("个").removeprefix("多").removesuffix("s")
    if not word:
        return Unit.OTHER if written else Unit.NONE
    if word in _POINTS:
        return Unit.POINTS
    if word in _STARS:
        return Unit.STARS
    if word in _COUNTS:
        return Unit.TIMES
    return Unit.DAYS if any(name in word for name in _DAYS_OF) else Unit.OTHER


def _side(before: str, after: str, unit: Unit, *, more: bool) -> Side:
    """Which side of the number is meant. Days that are only nearly over are below it; no score is nearly one."""
    if before in _BELOW or after in _BELOW or (unit is Unit.DAYS and before in _NEARLY):
        return Side.BELOW
    if unit is Unit.DAYS and more:
        return Side.ABOVE
    return Side.ABOVE if before in _ABOVE or after in _ABOVE else Side.AT


def _is_more(found: re.Match[str]) -> bool:
    """Whether more than the number is meant: 两个多月, 60多天, 超过60天."""
    return "多" in (found["unit"] or "") or found["after"] == "多" or (found["before"] or "") in _MORE


def _written(written: str) -> Decimal:
    """The value of 3.7, 3点7, 三点七, 十二, 半."""
    if written == "半":
        return Decimal("0.5")
    whole, _, fraction = written.replace("点", ".").partition(".")
    digits = "".join(str(_DIGITS.get(digit, digit)) for digit in fraction if digit not in "十百")
    return Decimal(f"{_integer(whole)}.{digits or 0}") if fraction else Decimal(_integer(whole))


def _integer(written: str) -> int:
    """The value of 12, 十二, 三百六十五, 一二."""
    if written.isdecimal():
        return int(written)
    if not any(mark in written for mark in "十百"):
        return int("".join(str(_DIGITS[digit]) for digit in written))
    total, digit = 0, 0
    for mark in written:
        if mark in "十百":
            total, digit = total + (digit or 1) * (10 if mark == "十" else 100), 0
        else:
            digit = _DIGITS[mark]
    return total + digit
