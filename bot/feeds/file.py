"""Rows and problems of a file of daily scores, CSV or XLSX.

A line gives a row for each score that has a column. A wrong line is set aside with its first fault, the others go on.
A score is in whole hundredths of a point (`rules.lines.points`), None for "no score", `day` a
date, `closures` None where the file has none. Two rows for the same shop, day and score that differ are a conflict,
known at the end only. Memory grows by 8 bytes a row.

Reading blocks, and runs a process for XLSX: a coroutine reads in a thread. Wrong contents raise nothing; an unreadable
file raises OSError.
"""

import csv
import io
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final, Generic, TypeVar

from bot.feeds import workbook
from bot.feeds.cells import ID_LENGTH, BadCell, Trouble, read_count, read_day, read_id, read_score
from bot.feeds.table import CHUNK_BYTES, CLOSURES, DAY, SHOP, SHOWN_LENGTH, Problem, Table, columns, find_table
from rules.edition import Fact
from rules.facts import Scale
from storage.score_files import Row
from storage.scores import as_points
from storage.uploads import LARGEST_BYTES

Note = Callable[[Problem], None]
Value = TypeVar("Value")

BATCH_ROWS: Final = 5_000
SET_ASIDE_KEPT: Final = 1_000
NAMES_KEPT: Final = 20_000
MEGABYTE: Final = 1024 * 1024
_BUCKETS: Final = 256
_REMEMBERED: Final = 20_000
_WORKBOOK_TROUBLE: Final = {
    workbook.NOT_A_WORKBOOK: Trouble.NOT_A_WORKBOOK,
    workbook.TOO_LARGE: Trouble.TOO_LARGE,
    workbook.TOO_MANY_ROWS: Trouble.TOO_MANY_ROWS,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a file may take; None: no limit."""

    file_bytes: int | None
    rows: int | None
    workbook: workbook.Limits


BY_CHAT: Final = Limits(LARGEST_BYTES, 5_000, workbook.Limits(20 * MEGABYTE, 5_000, 512 * MEGABYTE, 20))
BY_OPERATOR: Final = Limits(None, None, workbook.Limits(1024 * MEGABYTE, 1_048_576, 2048 * MEGABYTE, 600))


class ScoreFile:
    """A file being read, with columns for these `scores`. `rows` counts right lines, `left_alone` names columns.

    `refusal`: why the file as a whole can't be read. `set_aside`: the first lines that can't be taken, each with its
    first fault; `set_aside_count`: all of them. `withdrawn`: shops and days that two lines tell differently: their rows
    were in the batches and count no more. `names`: by shop id, where the file names shops. All are final when `batches`
    is exhausted.
    """

    def __init__(self, source: Path | bytes, scores: Sequence[Fact], today: date, limits: Limits) -> None:
        self.rows = 0
        self.left_alone: tuple[str, ...] = ()
        self.sheets_left_alone: tuple[str, ...] = ()
        self.refusal: Problem | None = None
        self.set_aside: list[Problem] = []
        self.set_aside_count = 0
        self.withdrawn: frozenset[tuple[str, date]] = frozenset()
        self.names: dict[str, str] = {}
        self._source = source
        self._limits = limits
        self._line = 0
        self._names = columns(scores)
        self._days = _Remembered(lambda text: read_day(text, today))
        self._scores = {fact.id: _remembered_score(fact) for fact in scores}
        self._counts = _Remembered(read_count)

    @property
    def line(self) -> int:
        """The line of the newest batch's last row, counted from 1."""
        return self._line

    def batches(self, size: int = BATCH_ROWS) -> Iterator[list[Row]]:
        """The rows of some `size` right lines at a time."""
        with _opened(self._source) as raw, tempfile.TemporaryFile() as converted:
            table = self._table(raw, converted)
            if isinstance(table, Problem):
                self.refusal = table
                return
            seen, self.left_alone = _Seen(), table.left_alone
            for batch in _batched(self._good_rows(table, self._note), size):
                seen.add(batch)
                yield batch
            self._note_conflicts(table, seen.twice())
            if not self.rows and not self.set_aside_count and not self.refusal:
                self.refusal = Problem(0, "", Trouble.NO_ROWS)

    def _table(self, raw: IO[bytes], converted: IO[bytes]) -> Table | Problem:
        size, most = raw.seek(0, io.SEEK_END), self._limits.file_bytes
        if most is not None and size > most:
            return Problem(0, "", Trouble.TOO_LARGE)
        raw.seek(0)
        if raw.read(len(workbook.MAGIC)) != workbook.MAGIC:
            return find_table(raw, self._names)
        return self._convert(raw, converted) or find_table(converted, self._names)

    def _convert(self, raw: IO[bytes], converted: IO[bytes]) -> Problem | None:
        """Turn a workbook into CSV; the other process needs a real file at the first byte."""
        raw.seek(0)
        with tempfile.TemporaryFile() as copy:
            while chunk := raw.read(CHUNK_BYTES):
                copy.write(chunk)
            copy.seek(0)
            status = workbook.to_csv(copy, converted, self._limits.workbook)
        return Problem(0, "", _WORKBOOK_TROUBLE.get(status, Trouble.TOOK_TOO_MUCH)) if status else None

    def _good_rows(self, table: Table, note: Note) -> Iterator[list[Row]]:
        """The rows of every right line; `note` gets the problems of wrong lines. Lean, as a million lines pass here."""
        days, counts = self._days, self._counts
        shop_at, day_at, count_at = table.places[SHOP], table.places[DAY], table.places.get(CLOSURES)
        scored = list(enumerate(self._scores.items()))
        told = [(number, table.places[fact], read) for number, (fact, read) in scored if fact in table.places]
        most = self._limits.rows or float("inf")
        rows, self.rows, lines, name_at = table.reader(), 0, 0, table.name_at
        try:
            for cells in rows:
                try:
                    shop = cells[shop_at]
                    if not shop.isalnum() or len(shop) > ID_LENGTH:
                        shop = read_id(shop)
                    count = None if count_at is None else counts[cells[count_at]]
                    day = days[cells[day_at]]
                    found = [(shop, day, number, read[cells[at]], count) for number, at, read in told]
                except (IndexError, BadCell):
                    found = []
                    if not any(map(str.strip, cells)):
                        continue
                lines += 1
                if lines > most:
                    self.refusal = Problem(rows.line_num, "", Trouble.TOO_MANY_ROWS)
                    return
                if not found:
                    self._explain(table, cells, rows.line_num, note)
                    continue
                self.rows += 1
                self._line = rows.line_num
                if name_at is not None and name_at < len(cells) and len(self.names) < NAMES_KEPT:
                    self.names.setdefault(shop, cells[name_at].strip())
                yield found
        except csv.Error:
            note(Problem(rows.line_num, "", Trouble.BROKEN_QUOTES))

    def _explain(self, table: Table, cells: list[str], line: int, note: Note) -> None:
        """Note the first wrong cell of a line; a cell that is not there is empty."""
        reads: dict[str, Callable[[str], object]] = {
            SHOP: read_id,
            DAY: self._days.__getitem__,
            CLOSURES: self._counts.__getitem__,
            **{fact: known.__getitem__ for fact, known in self._scores.items()},
        }
        for column, place in table.places.items():
            if place >= len(cells):
                return note(Problem(line, column, Trouble.EMPTY))
            try:
                reads[column](cells[place])
            except BadCell as bad:
                return note(Problem(line, column, bad.trouble, cells[place].strip()[:SHOWN_LENGTH]))
        return None

    def _note(self, problem: Problem) -> None:
        self.set_aside_count += 1
        if len(self.set_aside) < SET_ASIDE_KEPT:
            self.set_aside.append(problem)

    def _note_conflicts(self, table: Table, suspects: frozenset[int]) -> None:
        """Read again the rows of repeated shops, days and scores: the same row twice is no conflict."""
        if not suspects:
            return
        told: dict[tuple[str, date], list[tuple[int, list[Row]]]] = {}
        for rows in self._good_rows(table, lambda _: None):
            if hash(rows[0][:3]) in suspects:
                told.setdefault(rows[0][:2], []).append((self._line, rows))
        wrong = {key: lines for key, lines in told.items() if any(rows != lines[0][1] for _, rows in lines)}
        self.withdrawn = frozenset(wrong)
        for lines in wrong.values():
            self.rows -= len(lines)
            for place, (line, rows) in enumerate(lines):
                other = lines[0] if place else lines[1]
                self._note(self._conflict(line, rows, *other))

    def _conflict(self, line: int, rows: list[Row], other_line: int, others: list[Row]) -> Problem:
        for row, other in zip(rows, others, strict=True):
            if row[3] != other[3]:
                got, column = as_points(row[3]), list(self._scores)[row[2]]
                return Problem(line, column, Trouble.CONFLICT, "" if got is None else str(got), other_line)
        return Problem(line, CLOSURES, Trouble.CONFLICT, str(rows[0][4]), other_line)


def _remembered_score(fact: Fact) -> "_Remembered[int | None]":
    scale = Scale.of(fact)
    return _Remembered(lambda text: read_score(text, scale))


class _Remembered(dict[str, Value], Generic[Value]):
    """Values by text: a file has few different days and scores. Bad texts are read anew each time."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Value:
        value = self._read(text)
        if len(self) < _REMEMBERED:
            self[text] = value
        return value


class _Seen:
    """Finds repeated shops, days and scores by hashes: 8 bytes a row, and a single bucket in a set at a time."""

    def __init__(self) -> None:
        self._buckets = [array("q") for _ in range(_BUCKETS)]

    def add(self, batch: list[Row]) -> None:
        """Count the rows of `batch`."""
        buckets = self._buckets
        for row in batch:
            key = hash(row[:3])
            buckets[key % _BUCKETS].append(key)

    def twice(self) -> frozenset[int]:
        """The hashes of repeated rows."""
        found: set[int] = set()
        for bucket in self._buckets:
            if len(set(bucket)) < len(bucket):
                found.update(key for key, times in Counter(bucket).items() if times > 1)
        return frozenset(found)


def _batched(lines: Iterator[list[Row]], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for rows in lines:
        batch += rows
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _opened(source: Path | bytes) -> IO[bytes]:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
