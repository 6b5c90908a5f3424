"""Which number formats of a workbook show a percentage, and what its numbers of errors mean."""

import re
from typing import Final

from bot.feeds.workbook.marks import ERROR

PERCENTS: Final = frozenset({9, 10})
"""The numbers of the formats that every workbook has: 0% and 0.00%."""

_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def is_percent(code: str) -> bool:
    """Whether the code of a number format has a percent sign that is none of its literal text."""
    return "%" in _LITERAL.sub("", code)


def error(number: int) -> str:
    """The mark of a cell with the error."""
    return ERROR + _ERRORS.get(number, "#N/A")
