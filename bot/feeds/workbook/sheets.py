"""The sheets of a workbook of any kind, by calamine: .xlsx, .xls, .xlsb, .ods.

Calamine gives numbers without their format, and nothing for an error or for a formula without a stored value: what
these cells are is looked up beside it, in a module for each kind.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bot.feeds.workbook import excel_binary, excel_old, excel_xml, open_document
from bot.feeds.workbook.marks import ERROR, PERCENT, Book, Marks, Merge, Unmarked

Cell = object


def sheets(source: BinaryIO) -> Iterator[tuple[str, bool, Iterator[list[str]]]]:
    """Name, whether the sheet is visible, and its rows from the first on."""
    content = source.read()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    marked = _marks(content)
    for sheet in book.sheets_metadata:
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        is_visible = sheet.visible is SheetVisibleEnum.Visible
        yield (
            sheet.name,
            is_visible,
            _rows(book, sheet.name, marked.sheet(sheet.name)) if is_visible else iter(()),
        )


def _marks(content: bytes) -> Book:
    kinds: tuple[Callable[[bytes], Book | None], ...] = (
        excel_xml.marks,
        excel_old.marks,
        excel_binary.marks,
        open_document.marks,
    )
    return next(filter(None, (read(content) for read in kinds)), Unmarked())


def _rows(book: CalamineWorkbook, name: str, marks: Marks) -> Iterator[list[str]]:
    sheet = book.get_sheet_by_name(name)
    left = [""] * (sheet.start or (0, 0))[1]
    merges = _downwards(sheet.merged_cell_ranges or (), marks.merges)
    carried: dict[int, tuple[int, str]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        row = left + [_text(cell) for cell in cells]
        for column, mark in marks.cells.get(number, {}).items():
            row += [""] * (column + 1 - len(row))
            row[column] = _marked(mark, row[column])
        _carry(row, number, carried)
        for column, last in merges.get(number, ()):
            carried[column] = (last, row[column] if column < len(row) else "")
        yield row


def _downwards(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], more: Sequence[Merge]
) -> dict[int, list[tuple[int, int]]]:
    """By the first row of merged cells: the column, and the last row that the first cell stands for."""
    found: dict[int, list[tuple[int, int]]] = {}
    for first, column, last in (*((top, left, bottom) for (top, left), (bottom, _) in ranges), *more):
        if last > first:
            found.setdefault(first, []).append((column, last))
    return found


def _carry(row: list[str], number: int, carried: dict[int, tuple[int, str]]) -> None:
    """Fill in what stands in the first of merged cells."""
    for column, (last, text) in list(carried.items()):
        if number > last:
            del carried[column]
        elif column < len(row) and not row[column]:
            row[column] = text


def _marked(mark: str, text: str) -> str:
    """The text of a cell that is more than its number. An error's text is the mark's own."""
    if mark == PERCENT:
        return f"{float(text) * 100:.15g}%" if text.replace(".", "", 1).isdecimal() else f"{text}%"
    return mark.removeprefix(ERROR)


def _text(value: Cell) -> str:
    """The cell as text. Spreadsheets keep 15 digits: more are noise, and a longer number shows as rounded, 1.2e+17."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return f"{float(value):.15g}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value)
