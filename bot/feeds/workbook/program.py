"""The program of the process that reads workbooks: a file on standard input, text on standard output.

It gets no environment, and limits memory, time and output before it reads. Its exit status is 0, or a trouble of
`bot.feeds.workbook`.
"""

import csv
import io
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from bot.feeds.workbook import (
    CELL_END,
    ENCRYPTED,
    HIDDEN_SHEET,
    NOT_A_WORKBOOK,
    SHEET,
    TOO_LARGE,
    TOO_MANY_ROWS,
    TOOK_TOO_MUCH,
    Limits,
)  # fmt: skip

Rows = Iterator[list[str]]
Sheet = tuple[str, bool, Rows]
"""Name, whether a person sees the sheet, and the rows from the first on."""


def main(arguments: list[str]) -> int:
    """The program; an exit status."""
    *numbers, is_page = map(int, arguments)
    limits = Limits(*numbers)
    _confine(limits)
    try:
        return _convert(sys.stdin.buffer, limits, is_page=bool(is_page))
    except (MemoryError, RecursionError):
        return TOOK_TOO_MUCH
    except OSError:  # the output is as large as it may be
        return TOO_LARGE
    except Exception as error:  # whatever a library makes of a broken workbook, it is a broken workbook
        return ENCRYPTED if type(error).__name__ == "PasswordError" else NOT_A_WORKBOOK


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unzipped_bytes, limits.unzipped_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _convert(source: BinaryIO, limits: Limits, *, is_page: bool) -> int:
    if not is_page and zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > limits.unzipped_bytes:
                return TOO_LARGE
    source.seek(0)
    with open(1, "w", encoding="utf-8", errors="replace", newline="", closefd=False) as text:
        return _write(_sheets(source, is_page=is_page), text, limits.rows)


def _sheets(source: BinaryIO, *, is_page: bool) -> Iterator[Sheet]:
    if is_page:
        from bot.feeds.workbook.web_page import sheets as page_sheets  # noqa: PLC0415 - only what is needed

        return page_sheets(source)
    from bot.feeds.workbook.sheets import sheets as book_sheets  # noqa: PLC0415 - only what is needed

    return book_sheets(source)


def _write(sheets: Iterator[Sheet], text: io.TextIOBase, most: int) -> int:
    """Write the sheets; 0, or `TOO_MANY_ROWS` when more than a header and `most` rows are not empty."""
    out: Any = csv.writer(text, delimiter=CELL_END, lineterminator="\n")
    for name, is_visible, rows in sheets:
        text.write(f"{SHEET if is_visible else HIDDEN_SHEET}{_line(name)}\n")
        filled = 0
        for row in rows if is_visible else ():
            filled += any(row)
            if filled > most + _ABOVE:
                return TOO_MANY_ROWS
            out.writerow(map(_line, row))
    return 0


_ABOVE = 50
"""So many rows may stand above the first row of scores: the header and titles."""

_UNFIT = dict.fromkeys((*range(32), 127, 133, 8232, 8233), " ")


def _line(cell: str) -> str:
    """The cell in one line."""
    return cell.translate(_UNFIT)
