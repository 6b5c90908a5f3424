"""The marks of an .xls workbook (BIFF8), from its records: percentages, errors."""

import struct
from collections.abc import Iterator
from typing import Final

from bot.feeds.workbook.compound import MAGIC, Compound
from bot.feeds.workbook.marks import PERCENT, Marks, Unmarked
from bot.feeds.workbook.number_formats import PERCENTS, error, is_percent

_BEGIN, _END, _SHEET, _FORMAT, _STYLE = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_NUMBER, _SHORT, _SHORTS, _FORMULA, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_BIFF8: Final = 0x0600
_NO_NUMBER, _IS_ERROR = 0xFFFF, 2

Record = tuple[int, bytes]


def marks(content: bytes) -> Unmarked | None:
    """The marks of all sheets, None when the bytes are of another kind."""
    if not content.startswith(MAGIC):
        return None
    book = Compound(content).stream("Workbook")
    if book is None or struct.unpack_from("<H", book, 4)[0] != _BIFF8:
        return None
    globals_ = list(_records(book, 0))
    percents = _percent_styles(globals_)
    return Unmarked({name: _sheet(book, at, percents) for name, at in _sheets(globals_)})


def _records(book: bytes, at: int) -> Iterator[Record]:
    """The records from `at` to the end of what begins there, without those of charts within."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, book[at + 4 : at + 4 + length]
        elif depth == 0:
            return
        at += 4 + length


def _sheets(records: list[Record]) -> Iterator[tuple[str, int]]:
    """Name of each sheet, and where its records begin."""
    for kind, body in records:
        if kind == _SHEET:
            yield _text(body[8:], body[6], body[7]), struct.unpack_from("<I", body)[0]


def _percent_styles(records: list[Record]) -> frozenset[int]:
    """The numbers of the cell styles whose number format is a percentage."""
    formats = set(PERCENTS)
    for kind, body in records:
        if kind == _FORMAT and is_percent(_text(body[5:], struct.unpack_from("<H", body, 2)[0], body[4])):
            formats.add(struct.unpack_from("<H", body)[0])
    styles = (struct.unpack_from("<H", body, 2)[0] for kind, body in records if kind == _STYLE)
    return frozenset(number for number, form in enumerate(styles) if form in formats)


def _text(body: bytes, length: int, flags: int) -> str:
    return body[: 2 * length].decode("utf-16-le", "replace") if flags & 1 else body[:length].decode("latin-1")


def _sheet(book: bytes, at: int, percents: frozenset[int]) -> Marks:
    """The marks of the sheet whose records begin at `at`."""
    found = Marks()
    for kind, body in _records(book, at):
        if kind in {_NUMBER, _SHORT, _FORMULA, _ERROR}:
            row, column, style = struct.unpack_from("<HHH", body)
            if mark := _mark(kind, body, style in percents):
                found.put(row, column, mark)
        elif kind == _SHORTS:
            row, column = struct.unpack_from("<HH", body)
            for place in range((len(body) - 6) // 6):
                if struct.unpack_from("<H", body, 4 + 6 * place)[0] in percents:
                    found.put(row, column + place, PERCENT)
    return found


def _mark(kind: int, body: bytes, is_percentage: bool) -> str | None:
    """The mark of a cell with a number, a formula or an error."""
    if kind == _ERROR:
        return error(body[6]) if body[7] else None
    is_other = kind == _FORMULA and struct.unpack_from("<H", body, 12)[0] == _NO_NUMBER
    if is_other:
        return error(body[8]) if body[6] == _IS_ERROR else None
    return PERCENT if is_percentage else None
