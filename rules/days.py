"""Days and spans as merchants write them: a closed grammar that answers a day, a span of days, or nothing.

2022-09-01, 2022年9月1号, 9月1日, 昨天, 上周三, 45天前      one day
2022年9月, 去年, 上个月, 三个月前, 半年前                    a span, to be asked back
分 is never a unit of time here.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rules.numbers import WHOLE, count, digits

WORDS: Mapping[str, int] = {
    **dict.fromkeys(("今天", "今日", "刚刚", "刚才", "刚", "今早", "今晚"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨晚", "琴日", "寻日"), 1),
    **dict.fromkeys(("前天", "前日"), 2),
    "大前天": 3,
    **dict.fromkeys(("明天", "明日", "听日"), -1),
    "后天": -2,
}
"""Words for a day, by how many days ago it is."""

YEARS: Mapping[str, int] = {"今年": 0, "去年": 1, "上年": 1, "旧年": 1, "前年": 2, "大前年": 3, "明年": -1}
MONTHS: Mapping[str, int] = {"本": 0, "这": 0, "上": 1, "上上": 2}
WEEKDAYS = "一二三四五六日"

_N = rf"([0-9]{{1,5}}|{WHOLE})"
_YEAR = r"([0-9]{4}|[零〇一二三四五六七八九]{4}|[0-9]{2}(?=年))"
_YEAR_WORD = f"({'|'.join(sorted(YEARS, key=len, reverse=True))})"
_M = r"([0-9]{1,2}|[一二三四五六七八九十]{1,2})"
_D = r"([0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_AGO = "(?:以前|之前|前)"


@dataclass(frozen=True)
class Span:
    """The days that an answer may mean, both ends included; a single day when both are the same."""

    first: date
    last: date


class NoSuchDay(ValueError):
    """Written as a day, but the calendar has none such: 2月30日."""


def read(text: str, today: date, *, lasting: bool = False, ahead: bool = False) -> Span | None:
    """The day or span written by the whole text, None for any other text. Raises NoSuchDay.

    `lasting`: a bare 52天 says how long something has lasted. `ahead`: the day may lie in the future, and a day without
    a year is no day. Otherwise a day without a year is the latest such day up to `today`.
    """
    forms = (*FORMS, *(LASTING if lasting else ()), *(AHEAD if ahead else YEARLESS))
    for pattern, meaning in forms:
        found = pattern.fullmatch(text)
        if found:
            try:
                return meaning(found, today)
            except (ValueError, OverflowError) as error:
                raise NoSuchDay(text) from error
    return None


def _day(day: date) -> Span:
    return Span(day, day)


def _count(text: str) -> int:
    value = count(text)
    if value is None:
        raise NoSuchDay(text)
    return value


def _year(text: str) -> int:
    year = int(digits(text))
    return year + 2000 if len(text) == 2 else year


def _month(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _months_ago(today: date, months: int) -> date:
    """The same day so many months ago, or the last day of a shorter month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _around(day: date, days: int) -> Span:
    return Span(day - timedelta(days), day + timedelta(days))


def _latest(today: date, month: int, day: int) -> Span:
    """The latest such day up to `today`; a 29 February in the latest leap year."""
    for year in range(today.year, today.year - 9, -1):
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) <= today:
            return _day(date(year, month, day))
    raise NoSuchDay(f"{month}-{day}")


def _week(found: re.Match[str], today: date) -> Span:
    monday = today - timedelta(today.weekday() + 7 * MONTHS[found[1]])
    return Span(monday, monday + timedelta(6))


def _weekday(found: re.Match[str], today: date) -> Span:
    return _day(_week(found, today).first + timedelta(WEEKDAYS.index(found[2].replace("天", "日"))))


def _whole_year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def _month_before(found: re.Match[str], today: date) -> Span:
    before = _months_ago(today.replace(day=1), MONTHS[found[1]])
    return _month(before.year, before.month)


def _day_of_month_before(found: re.Match[str], today: date) -> Span:
    return _day(_month_before(found, today).first.replace(day=_count(found[2])))


def _months(found: re.Match[str], today: date) -> Span:
    """三个月前, 半个月前, 两个半月前: half a month either way, more when the answer is loose (一个多月前)."""
    whole = 0 if found["n"] == "半" else _count(found["n"])
    half = found["n"] == "半" or found["half"]
    middle = _months_ago(today, whole) - timedelta(15 if half else 0)
    return _around(middle, 30 if found["more"] else 15)


def _years(found: re.Match[str], today: date) -> Span:
    """一年前, 半年前, 一年半前: half a month either way, more when the answer is loose (一年多前)."""
    months = 6 if found["n"] == "半" else 12 * _count(found["n"])
    middle = _months_ago(today, months + (6 if found["half"] else 0))
    return _around(middle, 180 if found["more"] or found["over"] else 15)


def _yearless_month(found: re.Match[str], today: date) -> Span:
    month = _count(found[1])
    return _month(today.year if month <= today.month else today.year - 1, month)


Meaning = Callable[[re.Match[str], date], Span]
Form = tuple[re.Pattern[str], Meaning]


def _form(pattern: str, meaning: Meaning) -> Form:
    return re.compile(pattern), meaning


_MANY = rf"(?P<n>半|[0-9]{{1,3}}|{WHOLE})"
_YEARS = rf"{_MANY}(?P<more>多)?年(?P<half>半)?(?P<over>多)?"
_WEEK = "(?:周|星期|礼拜)"
_LOOSE = re.compile(rf"{_WEEK}[一二三四五六日天]|{_D}[日号]")


def is_loose(text: str) -> bool:
    """Whether the text names a day without the week or month: 周三, 15号."""
    return _LOOSE.fullmatch(text) is not None


FORMS: tuple[Form, ...] = (
    _form("|".join(WORDS), lambda m, today: _day(today - timedelta(WORDS[m[0]]))),
    _form(rf"{_YEAR}[年\-/.]{_M}[月\-/.]{_D}[日号]?", lambda m, _: _day(date(_year(m[1]), _count(m[2]), _count(m[3])))),
    _form(r"([0-9]{4})([0-9]{2})([0-9]{2})", lambda m, _: _day(date(int(m[1]), int(m[2]), int(m[3])))),
    _form(
        rf"{_YEAR_WORD}的?{_M}[月\-/.]{_D}[日号]?",
        lambda m, today: _day(date(today.year - YEARS[m[1]], _count(m[2]), _count(m[3]))),
    ),
    _form(r"(?:去年|一年前)的?(?:今天|今日)", lambda _, today: _day(_months_ago(today, 12))),
    _form(rf"(本|这|上上|上)个?月的?{_D}[日号]", _day_of_month_before),
    _form(rf"(本|这|上上|上)个?{_WEEK}([一二三四五六日天])", _weekday),
    _form(rf"{_N}[天日]{_AGO}", lambda m, today: _day(today - timedelta(_count(m[1])))),
    _form(rf"{_YEAR}(?:年|[\-/.](?=[0-9])){_M}月?份?", lambda m, _: _month(_year(m[1]), _count(m[2]))),
    _form(rf"{_YEAR_WORD}的?{_M}月份?", lambda m, today: _month(today.year - YEARS[m[1]], _count(m[2]))),
    _form(rf"{_YEAR}年", lambda m, _: _whole_year(_year(m[1]))),
    _form(_YEAR_WORD, lambda m, today: _whole_year(today.year - YEARS[m[1]])),
    _form(r"(本|这|上上|上)个?月", _month_before),
    _form(rf"(本|这|上上|上)个?{_WEEK}", _week),
    _form(rf"{_N}个?{_WEEK}{_AGO}", lambda m, today: _around(today - timedelta(7 * _count(m[1])), 3)),
    _form(rf"{_MANY}个?(?P<half>半)?(?P<more>多)?月{_AGO}", _months),
    _form(rf"{_YEARS}{_AGO}", _years),
)

LASTING: tuple[Form, ...] = (
    _form(rf"{_N}[天日]", lambda m, today: _day(today - timedelta(_count(m[1])))),
    _form(
        rf"第{_N}[天日]", lambda m, today: Span(today - timedelta(_count(m[1])), today - timedelta(_count(m[1]) - 1))
    ),
    _form(rf"{_N}个?{_WEEK}", lambda m, today: _around(today - timedelta(7 * _count(m[1])), 3)),
    _form(rf"{_MANY}个(?P<half>半)?(?P<more>多)?月", _months),
    _form(_YEARS, _years),
)
"""How long something has lasted: 入驻 52天."""

YEARLESS: tuple[Form, ...] = (
    _form(rf"{_M}[月\-/.]{_D}[日号]?", lambda m, today: _latest(today, _count(m[1]), _count(m[2]))),
    _form(rf"{_M}月份?", _yearless_month),
)

AHEAD: tuple[Form, ...] = (
    _form(rf"{_N}[天日](?:以后|之后|后)", lambda m, today: _day(today + timedelta(_count(m[1])))),
)
