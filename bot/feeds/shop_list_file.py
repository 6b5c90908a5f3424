"""A file of shops with names: what it names, and the lines that are set aside.

A line is taken whole or set aside. Two lines that give one shop two names are both set aside: nobody can say which is
right. Reading blocks, and runs a process for workbooks: a coroutine reads in a thread.
"""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final

from bot.feeds.cells import BadCell, Trouble
from bot.feeds.file import Limits
from bot.feeds.header import DAY, NAME, SHOP, column_names
from bot.feeds.mended import written_id
from bot.feeds.names import name_trouble, plain_name
from bot.feeds.source import Columns, find_tables
from bot.feeds.table import Problem, Table

ASIDE_KEPT: Final = 1000
"""So many lines that are set aside are named; all are counted."""

# A table of scores has a shop, a day and a score: here the name stands for the latter two.
_KNOWN: Final = {name: found for name, found in column_names(()).items() if found[0] in (SHOP, NAME)}
_COLUMNS: Final = Columns({name: (SHOP if of == SHOP else DAY, rank) for name, (of, rank) in _KNOWN.items()}, (DAY,))


@dataclass
class ShopList:
    """`names` by the platform's id, in the order of the file. `refusal`: the file can't be read, nothing is taken.

    `aside`: the first ASIDE_KEPT of `aside_count` lines. `header`: the names of all columns.
    """

    names: dict[str, str] = field(default_factory=dict)
    aside: list[Problem] = field(default_factory=list)
    aside_count: int = 0
    header: tuple[str, ...] = ()
    refusal: Problem | None = None


def read(source: Path | bytes, limits: Limits) -> ShopList:
    """The list in the file. Raises OSError for a file that can't be read at all."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    if limits.file_bytes is not None and len(content) > limits.file_bytes:
        return ShopList(refusal=Problem(0, "", Trouble.TOO_LARGE))
    with tempfile.TemporaryFile() as converted:
        return _listed(io.BytesIO(content), converted, limits)


def _listed(raw: IO[bytes], converted: IO[bytes], limits: Limits) -> ShopList:
    found = find_tables(raw, converted, _COLUMNS, limits.workbook)
    if isinstance(found, Problem):
        return ShopList(refusal=found)
    reading = _Reading()
    for line, cells, table in _lines(found.tables):
        reading.take(table, line, cells)
        if limits.rows is not None and reading.lines > limits.rows:
            return ShopList(refusal=Problem(line, "", Trouble.TOO_MANY_ROWS))
    if not reading.lines:
        return ShopList(refusal=Problem(0, "", Trouble.NO_ROWS))
    return reading.done(tuple(name for table in found.tables for name in table.header.shown))


def _lines(tables: tuple[Table, ...]) -> Iterator[tuple[int, list[str], Table]]:
    """The lines below the headers that are not empty; a line without cells has broken quotes."""
    for table in tables:
        for line, cells in table.part.records():
            if line > table.header.line and (not cells or any(map(str.strip, cells))):
                yield line, cells, table


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


@dataclass
class _Reading:
    """The lines so far. `firsts`: the line that named each shop first; `doubted`: shops with two names."""

    names: dict[str, str] = field(default_factory=dict)
    firsts: dict[str, Problem] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    aside: list[Problem] = field(default_factory=list)
    aside_count: int = 0
    lines: int = 0

    def take(self, table: Table, line: int, cells: list[str]) -> None:
        """Take the line, or set it aside."""
        self.lines += 1
        if not cells:
            return self._set_aside(table.problem(line, "", Trouble.BROKEN_QUOTES))
        shop, name = _cell(cells, table.header.places[SHOP]), plain_name(_cell(cells, table.header.places[DAY]))
        try:
            ref = written_id(shop)
        except BadCell as bad:
            return self._set_aside(table.problem(line, SHOP, bad.trouble, shop))
        if trouble := name_trouble(name):
            return self._set_aside(table.problem(line, NAME, trouble, name))
        two = table.problem(line, NAME, Trouble.TWO_NAMES, name)
        if ref not in self.names:
            self.names[ref], self.firsts[ref] = name, two
        elif self.names[ref] != name:
            self._set_aside(replace(two, other_line=self.firsts[ref].line))
            self.doubted.add(ref)
        return None

    def done(self, header: tuple[str, ...]) -> ShopList:
        """The list, without the shops that were given two names."""
        for ref in self.doubted:
            del self.names[ref]
            self._set_aside(self.firsts[ref])
        return ShopList(self.names, sorted(self.aside, key=lambda one: one.line), self.aside_count, header)

    def _set_aside(self, one: Problem) -> None:
        self.aside_count += 1
        if len(self.aside) < ASIDE_KEPT:
            self.aside.append(one)
