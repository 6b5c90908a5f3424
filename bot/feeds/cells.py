"""Plainly written cells as values: fields of an ingested row, and what `mended` makes of a file's cells.

`read_id`, `read_day`, `read_score` and `read_count` return the value or raise `BadCell` with a `trouble`; the messages
have words for each. Scores are whole hundredths of a point (`rules.lines.points` turns hundredths into a decimal), None
where the cell says that the shop has no score.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from rules.facts import Scale
from rules.lines import hundredths

ID_LENGTH = 64

_DAY: Final = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))"
    r"(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,12})?", re.ASCII)
_ROUNDED: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+", re.ASCII)
_COUNT: Final = re.compile(r"\d{1,4}", re.ASCII)
FORMULA_STARTS: Final = ("=", "+", "-", "@")
NO_SCORE: Final = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "/", "n/a", "na", "null", "none", "暂无", "无", "暂无评分", "暂无数据",
    "暂无体验分", "暂无分数", "无数据", "无评分", "无体验分", "未评分", "未出分"}
)  # fmt: skip
"""A cell that says: this shop has no score on this day."""


class Trouble(StrEnum):
    """The faults of a file, a line or a cell; the words for each are in the messages."""

    NOT_TEXT = "not_text"
    HAS_NUL = "has_nul"
    NOT_A_WORKBOOK = "not_a_workbook"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOOK_TOO_MUCH = "took_too_much"
    NO_ROWS = "no_rows"
    MISSING_COLUMN = "missing_column"
    COLUMN_TWICE = "column_twice"
    LINE_TOO_LONG = "line_too_long"
    ENCRYPTED = "encrypted"
    NUMBERS = "numbers"
    ARCHIVE = "archive"
    PICTURE = "picture"
    XML_SHEET = "xml_sheet"

    BROKEN_QUOTES = "broken_quotes"
    NOTE = "note"
    TOO_MANY_CELLS = "too_many_cells"
    ABOVE_HEADER = "above_header"
    EMPTY = "empty"
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    NOT_AN_ID = "not_an_id"
    ROUNDED_ID = "rounded_id"
    NOT_A_DAY = "not_a_day"
    FUTURE_DAY = "future_day"
    NOT_A_SCORE = "not_a_score"
    OFF_SCALE = "off_scale"
    PERCENT = "percent"
    TOO_PRECISE = "too_precise"
    NOT_A_COUNT = "not_a_count"
    CONFLICT = "conflict"
    NAME_TOO_LONG = "name_too_long"
    NOT_A_NAME = "not_a_name"
    TWO_NAMES = "two_names"


class BadCell(ValueError):
    """A cell without a value; carries the trouble, never the text."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def read_id(text: str) -> str:
    """A shop's id: 1 to 64 printable characters without spaces, not a formula, not a number that Excel has rounded."""
    shop = _filled(text)
    if _ROUNDED.fullmatch(shop):
        raise BadCell(Trouble.ROUNDED_ID)
    if len(shop) > ID_LENGTH or not shop.isprintable() or any(map(str.isspace, shop)):
        raise BadCell(Trouble.NOT_AN_ID)
    return shop


def read_day(text: str, today: date) -> date:
    """A day up to today, written 2022-10-01, 2022/10/1, 2022.10.1, 20221001 or 2022年10月1日; midnight may follow."""
    found = _DAY.fullmatch(_filled(text))
    if not found:
        raise BadCell(Trouble.NOT_A_DAY)
    try:
        day = date(*(int(part) for part in found.groups() if part))
    except ValueError:
        raise BadCell(Trouble.NOT_A_DAY) from None
    if day > today:
        raise BadCell(Trouble.FUTURE_DAY)
    return day


def read_score(text: str, scale: Scale) -> int | None:
    """A score on the scale, in hundredths of a point, None for "no score"; the number as written, never rounded."""
    if text.strip().casefold() in NO_SCORE:
        return None
    written = _filled(text)
    if not _NUMBER.fullmatch(written):
        raise BadCell(Trouble.NOT_A_SCORE)
    score = Decimal(written)
    if not scale.lowest <= score <= scale.highest:
        raise BadCell(Trouble.OFF_SCALE)
    if score != round(score, scale.decimals):
        raise BadCell(Trouble.TOO_PRECISE)
    return hundredths(score)


def read_count(text: str) -> int | None:
    """How often the system closed the access; None for an empty cell."""
    if not text.strip():
        return None
    if not _COUNT.fullmatch(_filled(text)):
        raise BadCell(Trouble.NOT_A_COUNT)
    return int(text)


def _filled(text: str) -> str:
    """The text without spaces around. Raises BadCell for an empty cell and for a formula."""
    text = text.strip()
    if not text:
        raise BadCell(Trouble.EMPTY)
    if text.startswith(FORMULA_STARTS):
        raise BadCell(Trouble.FORMULA)
    return text
