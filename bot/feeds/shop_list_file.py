"""A file of shops with names, CSV or XLSX: what it names, and the lines that are set aside.

A line is taken whole or set aside. Two lines that give one shop two names are both set aside: nobody can say which is
right. Reading blocks, and runs a process for XLSX: a coroutine reads in a thread.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.feeds import workbook
from bot.feeds.cells import BadCell, Trouble, read_id
from bot.feeds.file import Limits
from bot.feeds.table import DAY, SHOP, SHOWN_LENGTH, Names, Problem, Table, find_table
from bot.views.shop_name import LONGEST_KEPT

NAME: Final = "name"
IDS: Final = (SHOP, "店铺id", "店铺编号", "店铺号", "商家id", "商家编号")
NAMES: Final = (NAME, "店铺名称", "店铺名", "店名", "商家名称", "商家名")
ASIDE_KEPT: Final = 1000
"""So many lines that are set aside are named; all are counted."""

# The table wants a day and a score, and both are the name here.
_COLUMNS: Final[Names] = {SHOP: IDS, DAY: NAMES, NAME: NAMES}


class Why(StrEnum):
    """Why a line is set aside."""

    NO_ID = "no_id"
    NOT_AN_ID = "not_an_id"
    ROUNDED_ID = "rounded_id"
    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    NOT_A_NAME = "not_a_name"
    TWO_NAMES = "two_names"


_OF_TROUBLE: Final = {Trouble.EMPTY: Why.NO_ID, Trouble.ROUNDED_ID: Why.ROUNDED_ID}


@dataclass(frozen=True)
class Aside:
    """A line that is set aside: the column and the value at fault, cut short. `other_line`: of TWO_NAMES."""

    line: int
    column: str
    value: str
    why: Why
    other_line: int | None = None


@dataclass
class ShopList:
    """`names` by the platform's id, in the order of the file. `refusal`: the file can't be read, nothing is taken.

    `aside`: the first ASIDE_KEPT of `aside_count` lines. `left_alone`: names of columns that are not read.
    """

    names: dict[str, str] = field(default_factory=dict)
    aside: list[Aside] = field(default_factory=list)
    aside_count: int = 0
    left_alone: tuple[str, ...] = ()
    refusal: Problem | None = None


def read(source: Path | bytes, limits: Limits) -> ShopList:
    """The list in the file. Raises OSError for a file that can't be read at all."""
    with _table(source, limits) as table:
        if isinstance(table, Problem):
            return ShopList(refusal=table)
        found = _Reading()
        try:
            _read_rows(table, found, limits.rows)
        except csv.Error:
            return ShopList(refusal=Problem(0, "", Trouble.BROKEN_QUOTES))
        return found.done(table.left_alone)


def _read_rows(table: Table, found: "_Reading", most: int | None) -> None:
    rows = table.reader()
    for cells in rows:
        if any(map(str.strip, cells)):
            found.take(rows.line_num, _cell(cells, table.places, SHOP), _cell(cells, table.places, NAME))
        if most is not None and found.lines > most:
            found.refusal = Problem(rows.line_num, "", Trouble.TOO_MANY_ROWS)
            return


def _cell(cells: list[str], places: Mapping[str, int], column: str) -> str:
    place = places[column]
    return cells[place] if place < len(cells) else ""


@contextmanager
def _table(source: Path | bytes, limits: Limits) -> Iterator[Table | Problem]:
    """The table of a CSV file, or of the first sheet of a workbook."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    with tempfile.TemporaryFile() as copy, tempfile.TemporaryFile() as converted:
        if limits.file_bytes is not None and len(content) > limits.file_bytes:
            yield Problem(0, "", Trouble.TOO_LARGE)
        elif not content.startswith(workbook.MAGIC):
            yield find_table(io.BytesIO(content), _COLUMNS)
        else:
            copy.write(content)
            copy.seek(0)
            status = workbook.to_csv(copy, converted, limits.workbook)
            yield Problem(0, "", Trouble.NOT_A_WORKBOOK) if status else find_table(converted, _COLUMNS)


@dataclass
class _Reading:
    """The lines so far. `firsts`: the line that named each shop first; `doubted`: shops with two names."""

    names: dict[str, str] = field(default_factory=dict)
    firsts: dict[str, int] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    aside: list[Aside] = field(default_factory=list)
    aside_count: int = 0
    lines: int = 0
    refusal: Problem | None = None

    def take(self, line: int, shop: str, name: str) -> None:
        """Take the line, or set it aside."""
        self.lines += 1
        try:
            ref = read_id(shop)
        except BadCell as bad:
            self._set_aside(Aside(line, SHOP, shop.strip(), _OF_TROUBLE.get(bad.trouble, Why.NOT_AN_ID)))
            return
        name = " ".join(name.split())
        if why := _wrong_name(name):
            self._set_aside(Aside(line, NAME, name, why))
        elif ref not in self.names:
            self.names[ref], self.firsts[ref] = name, line
        elif self.names[ref] != name:
            self._set_aside(Aside(line, NAME, name, Why.TWO_NAMES, self.firsts[ref]))
            self.doubted.add(ref)

    def done(self, left_alone: tuple[str, ...]) -> ShopList:
        """The list, without the shops that were given two names."""
        if self.refusal:
            return ShopList(refusal=self.refusal)
        for ref in sorted(self.doubted, key=self.firsts.__getitem__):
            self._set_aside(Aside(self.firsts[ref], NAME, self.names.pop(ref), Why.TWO_NAMES))
        aside = sorted(self.aside, key=lambda one: one.line)
        return ShopList(self.names, aside, self.aside_count, left_alone)

    def _set_aside(self, one: Aside) -> None:
        self.aside_count += 1
        if len(self.aside) < ASIDE_KEPT:
            cut = one.value[:SHOWN_LENGTH]
            self.aside.append(Aside(one.line, one.column, cut, one.why, one.other_line))


def _wrong_name(name: str) -> Why | None:
    if not name:
        return Why.NO_NAME
    if len(name) > LONGEST_KEPT:
        return Why.NAME_TOO_LONG
    return None if name.isprintable() else Why.NOT_A_NAME
