"""Cells as people and spreadsheets write them, mended where the meaning is sure, and read.

Each function returns the value or raises `BadCell`. Mended: full width, quotes, spaces and zero-width characters
around, a leading apostrophe, ="…", the .0 that a whole number gets, the unit 分 or 次, an hour after a day, a
spreadsheet's number of a day. Nothing is guessed: an id that was rounded, a day whose month is not sure, a comma for a
point are not read.
"""

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from bot.feeds.cells import ID_LENGTH, NO_SCORE, BadCell, Trouble, read_count, read_day, read_id, read_score
from rules.facts import Scale

_LONGEST: Final = 200
_WIDTH: Final = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: " ", 0xA0: " "}
_QUOTES: Final = "'\"`“”‘’´"
_AS_TEXT: Final = re.compile(r'\s*="([^"]*)"\s*')
_WHOLE: Final = re.compile(r"(\d{1,15})\.0+", re.ASCII)
_LONG: Final = re.compile(r"(\d{15})\d*(?:\.0+)?", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d+(?:\.\d+)?[eE]\+?\d+", re.ASCII)
_ID: Final = re.compile(r"(?!\d+[.,]\d)[A-Za-z0-9][A-Za-z0-9_.:-]*", re.ASCII)
_NO_IDS: Final = frozenset({"true", "false", "na", "nan", "null", "none"})
_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|#+)", re.IGNORECASE)
_HOUR: Final = re.compile(
    r"(.+?)(?:T| {1,3}|(?<=[日号]))(?:上午|下午|[AP]M)? ?([01]?\d|2[0-3])"
    r"(?::[0-5]?\d(?::[0-5]?\d(?:\.\d{1,9})?)?|[时点](?:[0-5]?\d分?)?(?:[0-5]?\d秒)?)(?: ?[AP]M)?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_NEGATIVE: Final = re.compile(r"-\d+(?:\.\d+)?", re.ASCII)
_PRECISE: Final = re.compile(r"\d+\.\d{13,}", re.ASCII)
_WEEKDAY: Final = re.compile(r" {0,3}\(?(?:星期|周)[一二三四五六日天]\)?")
_CHINESE_DAY: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?", re.ASCII)
_DASHES: Final = str.maketrans("‐‑‒–—−", "------")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(36_526, 73_051)
"""The numbers that spreadsheets give to the days of 2000 to 2099."""

_EARLIEST: Final = date(2000, 1, 1)
_GREENWICH: Final = ("Z", "+0000", "-0000")
_CHINA_AHEAD_H: Final = 8
_SIGNIFICANT: Final = 15
"""So many digits of a number are a spreadsheet's own; more are noise of binary fractions."""


def stripped(text: str) -> str:
    """The text in half width, without what surrounds it and is none of it; too long a text is cut, and no value."""
    text = text.strip()
    if len(text) > _LONGEST:
        return text[:_LONGEST] + "…"
    text = text.translate(_WIDTH)
    if as_text := _AS_TEXT.fullmatch(text):
        text = as_text[1]
    begin, end = 0, len(text)
    while begin < end and _surrounds(text[begin]):
        begin += 1
    while begin < end and _surrounds(text[end - 1]):
        end -= 1
    return text[begin:end]


def _surrounds(letter: str) -> bool:
    return letter in _QUOTES or letter.isspace() or unicodedata.category(letter) in {"Cf", "Cc"}


SURE_ID: Final = re.compile(r"(?!0+\Z)[0-9]{1,16}|[0-9]{17,64}(?<!00)|[A-Za-z]{1,3}[0-9][A-Za-z0-9]{0,60}")
"""Ids that need no second look, all of the text."""


def written_id(text: str) -> str:
    """A shop's id: letters, digits, and - _ . : between them."""
    shop = _value(text)
    if whole := _WHOLE.fullmatch(shop):
        shop = whole[1]
    if _SCIENTIFIC.fullmatch(shop) or is_rounded(shop):
        raise BadCell(Trouble.ROUNDED_ID)
    if shop.startswith("="):
        raise BadCell(Trouble.FORMULA)
    if len(shop) > ID_LENGTH or shop.casefold() in _NO_IDS or not _ID.fullmatch(shop) or not shop.strip("0"):
        raise BadCell(Trouble.NOT_AN_ID)
    return read_id(shop)


def is_rounded(shop: str) -> bool:
    """Whether a number looks as after a spreadsheet, which keeps 15 digits and fills up with zeros.

    One zero at the end is no sign: every tenth id has one.
    """
    found = _LONG.fullmatch(shop)
    if not found:
        return False
    more = shop[15:].partition(".")
    return bool(more[1]) or (len(more[0]) > 1 and not more[0].strip("0"))


def written_day(text: str, today: date) -> date:
    """A day from 2000 up to today, year first, or as the number that a spreadsheet gives to a day."""
    written = _value(text).translate(_DASHES)
    if (number := _SERIAL.fullmatch(written)) and int(number[1]) in _SERIALS:
        written = (_SERIAL_ZERO + timedelta(days=int(number[1]))).isoformat()
    written = _without_hour(_WEEKDAY.sub("", written))
    if chinese := _CHINESE_DAY.fullmatch(written.replace(" ", "")):
        written = "-".join(chinese.groups())
    if whole := _WHOLE.fullmatch(written):
        written = whole[1]
    if written.startswith("-"):
        raise BadCell(Trouble.NOT_A_DAY)
    day = read_day(written, today)
    if day < _EARLIEST:
        raise BadCell(Trouble.NOT_A_DAY)
    return day


def _without_hour(text: str) -> str:
    """The day alone. An hour of another zone that may be another day in China is not sure, and stays."""
    found = _HOUR.fullmatch(text)
    if not found:
        return text
    zone = (found[3] or "+08:00").replace(":", "").upper()
    is_sure = zone == "+0800" or (zone in _GREENWICH and int(found[2]) + _CHINA_AHEAD_H < 24)
    return found[1] if is_sure else text


def written_score(text: str, scale: Scale) -> int | None:
    """A score on the scale in hundredths of a point; None for "no score"."""
    written = stripped(text)
    if written.casefold() in NO_SCORE:
        return None
    written = _value(text).removesuffix("分").rstrip()
    if written.endswith("%"):
        raise BadCell(Trouble.PERCENT)
    if _NEGATIVE.fullmatch(written):
        raise BadCell(Trouble.OFF_SCALE)
    written = _without_noise(written) or text
    if _PRECISE.fullmatch(written):
        raise BadCell(Trouble.TOO_PRECISE)
    return read_score(written, scale)


def _without_noise(written: str) -> str:
    whole, _, decimals = written.partition(".")
    if len((whole + decimals).lstrip("0")) > _SIGNIFICANT and (whole + decimals).isdecimal():
        return f"{float(written):.{_SIGNIFICANT}g}"
    return written


def written_count(text: str) -> int | None:
    """How often the system closed the access; None where the cell has no number."""
    if stripped(text).casefold() in NO_SCORE:
        return None
    written = _value(text).removesuffix("次").rstrip()
    whole = _WHOLE.fullmatch(written)
    return read_count(whole[1] if whole else written or text)


def _value(text: str) -> str:
    """What stands in the cell. Raises BadCell for an empty cell and for a spreadsheet's error."""
    written = stripped(text)
    if not written:
        raise BadCell(Trouble.EMPTY)
    if _ERROR.fullmatch(written):
        raise BadCell(Trouble.ERROR_VALUE)
    return written
