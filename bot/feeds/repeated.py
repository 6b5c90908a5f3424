"""Lines of a file about the same shop and day, and those of them that say different things."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from bot.feeds.cells import Trouble
from bot.feeds.header import CLOSURES
from bot.feeds.table import Problem, ReadLine
from storage.score_files import Row
from storage.scores import as_points

BUCKETS: Final = 256

Key = tuple[str, date]


class Repeated:
    """Finds repeated shops and days by hashes: 8 bytes a line, and a single bucket in a set at a time.

    `buckets`: the hash of each line's shop and day, in the bucket of its remainder by `BUCKETS`.
    """

    def __init__(self) -> None:
        self.buckets = [array("q") for _ in range(BUCKETS)]

    @property
    def lines(self) -> int:
        """How many lines were counted."""
        return sum(map(len, self.buckets))

    def twice(self) -> frozenset[int]:
        """The hashes of repeated shops and days."""
        found: set[int] = set()
        for bucket in self.buckets:
            if len(set(bucket)) < len(bucket):
                found.update(key for key, times in Counter(bucket).items() if times > 1)
        return frozenset(found)


class Conflicts:
    """Compares the lines about repeated shops and days; the same line twice is no conflict."""

    def __init__(self, suspects: frozenset[int]) -> None:
        self._suspects = suspects
        self._lines: dict[Key, list[ReadLine]] = {}

    def compare(self, lines: Iterable[ReadLine]) -> frozenset[Key]:
        """The shops and days of which two lines say different things."""
        for line in lines:
            key = line[1][0][:2]
            if hash(key) in self._suspects:
                self._lines.setdefault(key, []).append(line)
        self._lines = {key: lines for key, lines in self._lines.items() if _differ(lines)}
        return frozenset(self._lines)

    def problems(self, columns: tuple[str, ...]) -> Iterator[Problem]:
        """A problem for each line, with the number of another line that says something else."""
        for lines in self._lines.values():
            odd = next((line for line in lines if _difference(lines[0][1], line)), lines[-1])
            for number, rows, sheet in lines:
                other, fact = _difference(rows, lines[0]) or _difference(rows, odd) or (odd[0], rows[0][2])
                column = columns[fact] if fact is not None else CLOSURES
                yield Problem(number, column, Trouble.CONFLICT, _got(rows, fact), other, sheet)


def _differ(lines: list[ReadLine]) -> bool:
    said: dict[int, tuple[int | None, int | None]] = {}
    return any(said.setdefault(row[2], row[3:]) != row[3:] for _, rows, _ in lines for row in rows)


def _difference(rows: list[Row], other: ReadLine) -> tuple[int, int | None] | None:
    """The other line, and the number of the score that differs, None for the count of closings; None: no difference."""
    theirs = {row[2]: row for row in other[1]}
    for row in rows:
        known = theirs.get(row[2])
        if known and known[3:] != row[3:]:
            return other[0], row[2] if known[3] != row[3] else None
    return None


def _got(rows: list[Row], fact: int | None) -> str:
    """What the line says, "" for no score."""
    if fact is None:
        return str(rows[0][4])
    score = as_points(next(row[3] for row in rows if row[2] == fact))
    return "" if score is None else str(score)
