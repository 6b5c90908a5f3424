"""A table of scores in a file: where it is, its columns, and what may be wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import islice
from typing import IO, Final

from bot.feeds.cells import Trouble
from bot.feeds.encodings import Encoding
from bot.feeds.header import Header
from bot.feeds.records import Record, records
from storage.score_files import Row

SHOWN_LENGTH: Final = 40

ReadLine = tuple[int, list[Row], str]
"""The number of a line, its rows, one for each score, and the sheet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and the place. `line` counts from 1, 0 is the whole file; `column` "": the fault is in no single column.

    `got`: the cell's text, cut short. `other_line`: of a conflict, another line with the same shop and day.
    `sheet`: the name of the workbook's sheet, "" for a text.
    """

    line: int
    column: str
    trouble: Trouble
    got: str = ""
    other_line: int | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A text, or the lines of a sheet in one: `lines` of them, None: to the end. `sheet` is the sheet's name."""

    raw: IO[bytes]
    encoding: Encoding
    delimiter: str
    sheet: str = ""
    lines: int | None = None

    def records(self) -> Iterator[Record]:
        """The lines as cells, from the first; an earlier iterator over the same file is no longer valid."""
        self.raw.seek(self.encoding.start)
        text = _Text(self.raw, self.encoding.name, self.encoding.errors)
        return records(islice(text, self.lines), self.delimiter)


@dataclass(frozen=True, slots=True)
class Table:
    """A part with a header that has all needed columns."""

    part: Part
    header: Header

    def under(self, header: Header) -> "Table":
        """The rest of the table, under another header."""
        return replace(self, header=header)

    def beyond(self, cells: list[str]) -> list[str]:
        """The filled cells beyond the columns: maybe a number that a comma has cut. In a sheet words are a remark."""
        filled = [cell for cell in cells[self.header.width :] if cell.strip()]
        return [cell for cell in filled if any(map(str.isdigit, cell))] if self.part.sheet else filled

    def problem(self, line: int, column: str, trouble: Trouble, got: str = "") -> Problem:
        """A problem of a line of the table."""
        return Problem(line, column, trouble, got.strip()[:SHOWN_LENGTH], sheet=self.part.sheet)


class _Text(TextIOWrapper):
    """Text over bytes; the bytes stay open when the text is garbage-collected."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()
