"""The tables of scores in a file of any kind: text, workbook or web page."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final

from bot.feeds import workbook
from bot.feeds.cells import Trouble
from bot.feeds.contents import Kind, kind_of
from bot.feeds.encodings import CHUNK_BYTES, Encoding, Unreadable, find_encoding
from bot.feeds.header import LOOKED_AT, MOST_COLUMNS, SHOP, Header, Names, find_header
from bot.feeds.table import SHOWN_LENGTH, Part, Problem, Table

DELIMITERS: Final = (",", ";", "\t", "，", "；", "|")
_TROUBLE: Final = {
    workbook.NOT_A_WORKBOOK: Trouble.NOT_A_WORKBOOK,
    workbook.TOO_LARGE: Trouble.TOO_LARGE,
    workbook.TOO_MANY_ROWS: Trouble.TOO_MANY_ROWS,
    workbook.ENCRYPTED: Trouble.ENCRYPTED,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What to look for: the names of columns, and the ids of the scores, the main one first."""

    names: Names
    scores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`tables`: those with the needed columns, one at least. `left_alone`: names of the other sheets with contents."""

    tables: tuple[Table, ...]
    left_alone: tuple[str, ...]


def find_tables(raw: IO[bytes], converted: IO[bytes], columns: Columns, limits: workbook.Limits) -> Found | Problem:
    """The tables in the bytes, or why there is none; `converted` takes the text of a workbook."""
    kind = kind_of(raw)
    if isinstance(kind, Trouble):
        return Problem(0, "", kind)
    if kind is Kind.TEXT:
        return _in_text(raw, columns)
    return _convert(raw, converted, limits, kind) or _in_sheets(converted, columns)


def _in_text(raw: IO[bytes], columns: Columns) -> Found | Problem:
    """The table of a text, by the delimiter under which the header has most."""
    encoding = find_encoding(raw)
    if isinstance(encoding, Unreadable):
        return Problem(encoding.line, "", encoding.trouble)
    looks = [_Look.at(Part(raw, encoding, delimiter), columns) for delimiter in DELIMITERS]
    return _settled([max(looks, key=lambda look: look.knows)], (), columns)


def _in_sheets(converted: IO[bytes], columns: Columns) -> Found | Problem:
    parts, hidden = _parts(converted)
    return _settled([_Look.at(part, columns) for part in parts], hidden, columns)


def _settled(looks: Sequence["_Look"], hidden: Sequence[str], columns: Columns) -> Found | Problem:
    """The parts that have the columns; the others are left alone, unless there is no better one."""
    tables = [Table(look.part, look.header) for look in looks if look.header and look.is_complete]
    twice = next((table for table in tables if table.header.twice), None)
    if twice and twice.header.twice:
        return twice.problem(twice.header.line, twice.header.twice[0], Trouble.COLUMN_TWICE, twice.header.twice[1])
    if not tables:
        filled = [look for look in looks if look.first]
        return max(filled, key=lambda look: look.knows).wrong(columns) if filled else Problem(0, "", Trouble.NO_ROWS)
    others = (look.part.sheet for look in looks if look.first and not look.is_complete)
    return Found(tuple(tables), (*others, *hidden))


@dataclass(frozen=True, slots=True)
class _Look:
    """What the first lines of a part have. `first`: number and cells of the first line with something in it."""

    part: Part
    header: Header | None
    is_complete: bool
    first: tuple[int, Sequence[str]] | None

    @classmethod
    def at(cls, part: Part, columns: Columns) -> "_Look":
        lines = list(islice(part.records(), LOOKED_AT))
        narrow = [(number, cells[:MOST_COLUMNS]) for number, cells in lines]
        header = find_header(narrow, columns.names, columns.scores)
        first = next(((number, cells) for number, cells in lines if not cells or any(map(str.strip, cells))), None)
        return cls(part, header, header is not None and header.missing(columns.scores) is None, first)

    @property
    def knows(self) -> tuple[bool, int]:
        """More is better: all needed columns, then the number of known ones."""
        return self.is_complete, len(self.header.places) if self.header else 0

    def wrong(self, columns: Columns) -> Problem:
        """The column that is missing, and what stands in the header, or in the first line."""
        line, found = (self.header.line, self.header.shown) if self.header else self.first or (0, ())
        column = self.header.missing(columns.scores) if self.header else SHOP
        got = ",".join(filter(None, map(str.strip, found)))
        return Problem(line, column or SHOP, Trouble.MISSING_COLUMN, got[:SHOWN_LENGTH], sheet=self.part.sheet)


def _convert(raw: IO[bytes], converted: IO[bytes], limits: workbook.Limits, kind: Kind) -> Problem | None:
    """Turn a workbook or page into text; the other process needs a real file at the first byte."""
    with tempfile.TemporaryFile() as copy:
        for chunk in _utf8(raw) if kind is Kind.WEB_PAGE else _bytes(raw):
            copy.write(chunk)
        copy.seek(0)
        status = workbook.to_text(copy, converted, limits, is_page=kind is Kind.WEB_PAGE)
    return Problem(0, "", _TROUBLE.get(status, Trouble.TOOK_TOO_MUCH)) if status else None


def _bytes(raw: IO[bytes]) -> Iterator[bytes]:
    raw.seek(0)
    while chunk := raw.read(CHUNK_BYTES):
        yield chunk


def _utf8(raw: IO[bytes]) -> Iterator[bytes]:
    """The text as UTF-8; what is no text at all goes as it is, and gives a page with little in it."""
    encoding = find_encoding(raw)
    if isinstance(encoding, Unreadable):
        encoding = Encoding("utf-8", 0, "replace")
    raw.seek(encoding.start)
    text = io.TextIOWrapper(raw, encoding.name, encoding.errors)
    while chunk := text.read(CHUNK_BYTES):
        yield chunk.encode("utf-8", "replace")
    text.detach()


def _parts(converted: IO[bytes]) -> tuple[list[Part], list[str]]:
    """The visible sheets of a converted workbook, and the names of the hidden ones."""
    begins = list[tuple[str, int, int]]()
    hidden, place, count = list[str](), 0, 0
    mark, hidden_mark = workbook.SHEET.encode(), workbook.HIDDEN_SHEET.encode()
    converted.seek(0)
    for count, line in enumerate(converted, 1):
        place += len(line)
        if line.startswith(mark):
            begins.append((line.decode()[1:].strip(), place, count))
        elif line.startswith(hidden_mark):
            hidden.append(line.decode()[1:].strip())
            begins.append(("", place, count))
    ends = [*(line - 1 for _, _, line in begins[1:]), count]
    parts = [
        Part(converted, Encoding("utf-8", place), workbook.CELL_END, name, end - line)
        for (name, place, line), end in zip(begins, ends, strict=True)
        if end > line
    ]
    return parts, hidden
