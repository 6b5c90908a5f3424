"""The marks of an .ods workbook: percentages, errors and merged cells of its content."""

import io
import zipfile
from typing import IO, Final
from xml.parsers import expat

from bot.feeds.workbook.marks import ERROR, PERCENT, Marks, Unmarked

_MOST_COLUMNS: Final = 16_384


def marks(content: bytes) -> Unmarked | None:
    """The marks of all sheets, None when the bytes are of another kind."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return None
        with archive.open("content.xml") as xml:
            return Unmarked(_Tables().read(xml))


class _Tables:
    """Reads the tables of the content. A repeated row or cell is marked as often as it stands."""

    def __init__(self) -> None:
        self._found: dict[str, Marks] = {}
        self._marks = Marks()
        self._row = self._column = 0
        self._rows = 1
        self._depth = 0

    def read(self, xml: IO[bytes]) -> dict[str, Marks]:
        """The marks by the names of the tables. Raises ExpatError, and ValueError for a document with entities."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.EntityDeclHandler = _refuse
        parser.ParseFile(xml)
        return self._found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._marks = self._found.setdefault(attributes.get("table:name", ""), Marks())
                self._row = 0
        elif tag == "table:table-row":
            self._rows, self._column = int(attributes.get("table:number-rows-repeated", 1)), 0
        elif tag in {"table:table-cell", "table:covered-table-cell"} and self._depth == 1:
            self._cell(attributes)

    def _end(self, tag: str) -> None:
        if tag == "table:table":
            self._depth -= 1
        elif tag == "table:table-row" and self._depth == 1:
            self._row += self._rows

    def _cell(self, attributes: dict[str, str]) -> None:
        repeated = int(attributes.get("table:number-columns-repeated", 1))
        if mark := _mark(attributes):
            for row in range(self._row, self._row + self._rows):
                for column in range(self._column, min(self._column + repeated, _MOST_COLUMNS)):
                    self._marks.put(row, column, mark)
        if (spanned := int(attributes.get("table:number-rows-spanned", 1))) > 1:
            self._marks.merges.append((self._row, self._column, self._row + spanned - 1))
        self._column += repeated


def _mark(attributes: dict[str, str]) -> str | None:
    if attributes.get("calcext:value-type") == "error":
        return ERROR + "#N/A"
    return PERCENT if attributes.get("office:value-type") == "percentage" else None


def _refuse(*_: object) -> None:
    raise ValueError("a document declares no entities")
