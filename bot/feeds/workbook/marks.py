"""What calamine does not say of a workbook's cells: percentages, errors, formulas without a value, merged cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

PERCENT: Final = "%"
ERROR: Final = "!"
"""A mark that begins so has the error's text after it."""

NO_VALUE: Final = ERROR + "="
"""A formula without a stored value."""

Merge = tuple[int, int, int]
"""First row, column, last row."""


@dataclass(slots=True)
class Marks:
    """The marks by row and column, counted from 0."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)

    def put(self, row: int, column: int, mark: str) -> None:
        """Mark a cell."""
        self.cells.setdefault(row, {})[column] = mark


class Book(Protocol):
    """Finds the marks of a sheet by its name."""

    def sheet(self, name: str) -> Marks:
        """The marks of the sheet."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A workbook of a kind whose marks are not read, or all marks of one."""

    found: Mapping[str, Marks] = field(default_factory=dict)

    def sheet(self, name: str) -> Marks:
        """The marks of the sheet, none when nothing is known."""
        return self.found.get(name) or Marks()
