"""Workbooks for tests: as openpyxl or xlsxwriter writes them, and with parts replaced."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import xlsxwriter
from openpyxl import Workbook

HEADER = ("店铺ID", "日期", "体验分")


def xlsx(*rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> bytes:
    """A workbook by openpyxl, with the rows under the header."""
    book = Workbook()
    for row in (header, *rows):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written(fill: Callable[[Any, Any], None], **options: bool) -> bytes:
    """A workbook by xlsxwriter; `fill` gets the workbook and its first sheet, which has the header."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, HEADER)
    fill(book, sheet)
    book.close()
    return out.getvalue()


def put(book: Any, sheet: Any, row: int, shop: object, day: date, score: object, style: str | None = None) -> None:
    """Write a row, counted from 0; `style` is the number format of the score."""
    sheet.write(row, 0, shop)
    when = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
    sheet.write_datetime(row, 1, when, book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write(row, 2, score, book.add_format({"num_format": style}) if style else None)


def repacked(
    source: bytes, changed: Mapping[str, Callable[[bytes], bytes]], renamed: Callable[[str], str] = str
) -> bytes:
    """The workbook with parts changed, by the end of their names, and all parts renamed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            change = next(
                (change for end, change in changed.items() if entry.filename.endswith(end)), lambda part: part
            )
            target = zipfile.ZipInfo(renamed(entry.filename))
            target.filename, target.compress_type = renamed(entry.filename), zipfile.ZIP_DEFLATED
            new.writestr(target, change(old.read(entry)))
    return out.getvalue()
