"""The lines of a delimited text as cells. A line whose quotes are broken is told apart, the others are read."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final

MOST_LINES: Final = 20
"""A quoted cell over more lines is a quote that nobody closed."""

Record = tuple[int, list[str]]
"""The number of a line, and its cells; no cells: the quotes are broken."""


def records(lines: Iterator[str], delimiter: str) -> Iterator[Record]:
    """The cells of each line, numbered from 1; a quoted cell may hold line ends. Lean, as a million lines pass here."""
    number = 0
    for line in lines:
        number += 1
        if '"' not in line:
            yield number, line.rstrip("\n").split(delimiter)
            continue
        try:
            yield number, next(csv.reader((line,), delimiter=delimiter, strict=True))
            continue
        except csv.Error:
            held = deque([line])
        while held:
            cells = _cells(held, lines, delimiter)
            used = _lines_in(cells)
            yield number, cells
            for _ in range(used):
                held.popleft()
            number += used
        number -= 1


def _cells(held: deque[str], lines: Iterator[str], delimiter: str) -> list[str]:
    """The cells from the first line held on, none if its quotes are broken; lines are added as a cell needs more."""
    taken = 1
    while True:
        try:
            cells = next(csv.reader(list(held)[:taken], delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" not in str(error) or not _hold_quote(held, lines, taken):
                return []
            taken = next(n for n, line in enumerate(held, 1) if n > taken and '"' in line)
            continue
        return [] if _swallowed(cells, delimiter) else cells


def _hold_quote(held: deque[str], lines: Iterator[str], taken: int) -> bool:
    """Whether one of the next lines has another quote; the lines up to it are held."""
    for place in range(taken, MOST_LINES):
        if place == len(held):
            line = next(lines, None)
            if line is None:
                return False
            held.append(line)
        if '"' in held[place]:
            return True
    return False


def _swallowed(cells: list[str], delimiter: str) -> bool:
    """Whether a cell seems to hold other whole lines of the table: then its quote is a slip."""
    return any(
        line.count(delimiter) >= len(cells) - 1 > 0 for cell in cells if "\n" in cell for line in cell.split("\n")[1:]
    )


def _lines_in(cells: list[str]) -> int:
    return 1 + sum(cell.count("\n") for cell in cells)
