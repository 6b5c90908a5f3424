"""A file of daily scores, as people and spreadsheets make them: the rows of the right lines, and why others are none.

A line is taken whole or set aside whole; it gives a row for each score that has a column. A score is in whole
hundredths of a point (`rules.lines.points`), None for "no score", `day` a date, `closures` None where the file has
none. Lines about the same shop and day that say different things are known at the end only. Memory grows by 8 bytes a
line.

Reading blocks, and runs a process for workbooks: a coroutine reads in a thread. Wrong contents raise nothing; an
unreadable file raises OSError.
"""

import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final

from bot.feeds import workbook
from bot.feeds.cells import Trouble
from bot.feeds.header import column_names
from bot.feeds.lines import LineReader
from bot.feeds.repeated import BUCKETS, Conflicts, Key, Repeated
from bot.feeds.source import Columns, find_tables
from bot.feeds.table import Problem, Table
from rules.edition import Fact
from storage.score_files import Row
from storage.uploads import LARGEST_BYTES

BATCH_ROWS: Final = 5_000
PROBLEMS_KEPT: Final = 1_000
MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a file may take; None: no limit."""

    file_bytes: int | None
    rows: int | None
    workbook: workbook.Limits


BY_CHAT: Final = Limits(LARGEST_BYTES, 5_000, workbook.Limits(20 * MEGABYTE, 5_000, 512 * MEGABYTE, 20))
BY_OPERATOR: Final = Limits(None, None, workbook.Limits(1024 * MEGABYTE, 1_048_576, 2048 * MEGABYTE, 600))


class ScoreFile:
    """A file being read, with columns for these `scores`. All but `line` is final when `batches` is exhausted.

    `refusal`: why the file can't be read as a whole, then there are no rows. `set_aside`: a problem for each line that
    is set aside, the first 1,000, with `set_aside_count` of all. `withdrawn`: shops and days of which two lines say
    different things; their rows were given, and don't hold. `rows`: lines taken. `left_alone`: columns,
    `sheets_left_alone`: sheets that are not read. `names`: of shops by id, where a column has names.
    """

    def __init__(self, source: Path | bytes, scores: Sequence[Fact], today: date, limits: Limits) -> None:
        self.rows = self.line = self.set_aside_count = 0
        self.refusal: Problem | None = None
        self.set_aside: list[Problem] = []
        self.withdrawn: frozenset[Key] = frozenset()
        self.left_alone: tuple[str, ...] = ()
        self.sheets_left_alone: tuple[str, ...] = ()
        self.names: Mapping[str, str] = {}
        self._source = source
        self._limits = limits
        self._columns = Columns(column_names(scores), tuple(fact.id for fact in scores))
        self._reader = LineReader(scores, self._columns, today)

    def batches(self, size: int = BATCH_ROWS) -> Iterator[list[Row]]:
        """The rows of some `size` lines at a time; `line` is the line of the last one, counted from 1."""
        with _opened(self._source) as raw, tempfile.TemporaryFile() as converted:
            tables = self._tables(raw, converted)
            repeated, batch = Repeated(), list[Row]()
            buckets = repeated.buckets
            for table in tables:
                for line, rows, _ in self._reader.lines(table, self._note):
                    self.line = line
                    batch += rows
                    key = hash(rows[0][:2])
                    buckets[key % BUCKETS].append(key)
                    if len(batch) >= size:
                        yield batch
                        batch = []
            if batch:
                yield batch
            self.rows = repeated.lines
            self.names = dict(self._reader.names)
            if suspects := repeated.twice():
                self._withdraw(tables, suspects)
            if not self.refusal and not self.rows + self.set_aside_count:
                self.refusal = Problem(0, "", Trouble.NO_ROWS)

    def _tables(self, raw: IO[bytes], converted: IO[bytes]) -> tuple[Table, ...]:
        """The tables of the file; none when the file is refused."""
        size, most = raw.seek(0, io.SEEK_END), self._limits.file_bytes
        if most is not None and size > most:
            self.refusal = Problem(0, "", Trouble.TOO_LARGE)
            return ()
        found = find_tables(raw, converted, self._columns, self._limits.workbook)
        self.refusal = found if isinstance(found, Problem) else self._too_many(found.tables)
        if self.refusal or isinstance(found, Problem):
            return ()
        names = (name for table in found.tables for name in table.header.others)
        self.left_alone, self.sheets_left_alone = tuple(dict.fromkeys(names)), found.left_alone
        return found.tables

    def _too_many(self, tables: Sequence[Table]) -> Problem | None:
        """The first line beyond the limit of rows. Empty lines don't count."""
        if self._limits.rows is None:
            return None
        filled = 0
        for table in tables:
            for number, cells in table.part.records():
                filled += number > table.header.line and (not cells or any(map(str.strip, cells)))
                if filled > self._limits.rows:
                    return table.problem(number, "", Trouble.TOO_MANY_ROWS)
        return None

    def _withdraw(self, tables: Sequence[Table], suspects: frozenset[int]) -> None:
        """Read again the lines about repeated shops and days, and take out those that contradict each other."""
        again = (line for table in tables for line in self._reader.lines(table, lambda _: None))
        conflicts = Conflicts(suspects)
        self.withdrawn = conflicts.compare(again)
        for problem in conflicts.problems(self._columns.scores):
            self._note(problem)
            self.rows -= 1
        self.set_aside.sort(key=lambda problem: problem.line if len(tables) == 1 else 0)

    def _note(self, problem: Problem) -> None:
        self.set_aside_count += 1
        if len(self.set_aside) < PROBLEMS_KEPT:
            self.set_aside.append(problem)


def _opened(source: Path | bytes) -> IO[bytes]:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
