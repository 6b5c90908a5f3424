"""The tables of a web page that was saved with a workbook's name, as back offices do."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import BinaryIO, Final

_CELLS: Final = frozenset({"td", "th"})
_MOST_SPAN: Final = 1_000
_CHUNK: Final = 64 * 1024


def sheets(source: BinaryIO) -> Iterator[tuple[str, bool, Iterator[list[str]]]]:
    """The rows of all tables of the page, as one sheet without a name. Raises ValueError when there is none."""
    page = _Page()
    text = source.read().decode("utf-8", "replace")
    for start in range(0, len(text), _CHUNK):
        page.feed(text[start : start + _CHUNK])
    page.close()
    if not page.rows:
        raise ValueError("a page without a table")
    yield "", True, iter(page.rows)


class _Page(HTMLParser):
    """Collects rows of cells. `rowspan` repeats a cell downwards, `colspan` leaves cells empty."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._carried: dict[int, tuple[int, str]] = {}
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; also without the end of the one before."""
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag in {"tr", "table"}:
            self._end_cell()
            if tag == "tr":
                self.rows.append([])
                self._fill()
        elif tag in _CELLS:
            self._end_cell()
            given = dict(attrs)
            self._cell, self._span = [], (_span(given.get("rowspan")), _span(given.get("colspan")))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a cell, with its row and table."""
        if tag in {"script", "style"}:
            self._silent = max(0, self._silent - 1)
        elif tag in _CELLS or tag in {"tr", "table"}:
            self._end_cell()
            if tag == "table":
                self._carried.clear()

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if not self.rows:
            self.rows.append([])
        text, (down, across), row = " ".join("".join(self._cell).split()), self._span, self.rows[-1]
        if down > 1:
            self._carried[len(row)] = (down - 1, text)
        row += [text, *[""] * (across - 1)]
        self._cell = None
        self._fill()

    def _fill(self) -> None:
        """Put the cells that reach down from above at the end of the row so far."""
        row = self.rows[-1]
        while (found := self._carried.get(len(row))) is not None:
            left, text = found
            if left > 1:
                self._carried[len(row)] = (left - 1, text)
            else:
                del self._carried[len(row)]
            row.append(text)


def _span(written: str | None) -> int:
    return min(int(written), _MOST_SPAN) if written and written.isdecimal() else 1
