"""The lines of a table as rows of scores, and for each line that is none the first fault of it."""

from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date
from typing import Final, Generic, TypeVar

from bot.feeds.cells import BadCell, Trouble
from bot.feeds.header import CLOSURES, DAY, MOST_COLUMNS, NAME, SHOP, Header, read_header
from bot.feeds.mended import SURE_ID, stripped, written_count, written_day, written_id, written_score
from bot.feeds.names import name_trouble, plain_name
from bot.feeds.notes import TOTALS, is_note, is_only_numbered
from bot.feeds.records import Record
from bot.feeds.source import Columns
from bot.feeds.table import Problem, ReadLine, Table
from rules.edition import Fact
from rules.facts import Scale
from storage.score_files import Row

Note = Callable[[Problem], None]
Value = TypeVar("Value")

_UNREADABLE: Final = {SHOP: Trouble.NOT_AN_ID, DAY: Trouble.NOT_A_DAY, CLOSURES: Trouble.NOT_A_COUNT}
"""The trouble of a cell at which reading fails in a way that nobody thought of, else that it is no score."""

NAMES_KEPT: Final = 20_000
_REMEMBERED: Final = 20_000


class LineReader:
    """Reads lines, with columns for these scores. `names`: of the first shops by id, the first name of each."""

    def __init__(self, scores: Sequence[Fact], columns: Columns, today: date) -> None:
        self.names: dict[str, str] = {}
        self._columns = columns
        self._days = _Remembered(lambda text: written_day(text, today))
        self._scores = {fact.id: _remembered_score(fact) for fact in scores}
        self._counts = _Remembered(written_count)

    def lines(self, table: Table, note: Note) -> Iterator[ReadLine]:
        """Number, rows and sheet of every right line; `note` gets a problem for each other one."""
        records = table.part.records()
        for number, cells in records:
            if number >= table.header.line:
                break
            if any(map(str.strip, cells)) and self._fault(table, cells) is None:
                note(table.problem(number, "", Trouble.ABOVE_HEADER, ",".join(cells)))
        rest: Table | None = table
        while rest:
            rest = yield from self._under(rest, records, note)

    def _under(self, table: Table, records: Iterator[Record], note: Note) -> Generator[ReadLine, None, Table | None]:
        """The lines up to another header; returns the table that goes on under it. Lean: a million lines pass here."""
        places, days, counts, names = table.header.places, self._days, self._counts, self.names
        shop_at, day_at, count_at, name_at = places[SHOP], places[DAY], places.get(CLOSURES), places.get(NAME)
        scored = enumerate(self._scores.items())
        told = [(number, places[fact], read) for number, (fact, read) in scored if fact in places]
        is_sure, width, sheet = SURE_ID.fullmatch, table.header.width, table.part.sheet
        for line, cells in records:
            try:
                shop = cells[shop_at]
                is_plain = shop.isdigit() and shop.isascii() and 4 < len(shop) < 17 and shop[0] != "0"
                if not is_plain and not is_sure(shop):
                    shop = written_id(shop)
                count = None if count_at is None else counts[cells[count_at]]
                day = days[cells[day_at]]
                rows: list[Row] = [(shop, day, number, read[cells[at]], count) for number, at, read in told]
                is_right = len(cells) <= width or not table.beyond(cells)
                if name_at is not None and is_right:
                    is_right = name_at >= len(cells) or cells[name_at] not in TOTALS
            except Exception:  # whatever is wrong with a line, it stops no other
                is_right = False
            if not is_right:
                if other := self._set_aside(table, line, cells, note):
                    return other
                continue
            if name_at is not None and len(names) < NAMES_KEPT and shop not in names and name_at < len(cells):
                self._name(shop, cells[name_at])
            yield line, rows, sheet
        return None

    def _set_aside(self, table: Table, line: int, cells: list[str], note: Note) -> Table | None:
        """Note why a line is none, unless it is empty or the header again. Returns the table under another header."""
        if not cells:
            note(table.problem(line, "", Trouble.BROKEN_QUOTES))
            return None
        known = [place for column, place in table.header.places.items() if column != NAME]
        if not any(map(stripped, cells)) or is_only_numbered(cells, known):
            return None
        if header := self._header(line, cells):
            return None if header.places == table.header.places else table.under(header)
        column, trouble, got = self._fault(table, cells) or ("", Trouble.NOTE, "")
        if trouble is Trouble.NOTE or (trouble is not Trouble.TOO_MANY_CELLS and is_note(cells, known)):
            column, trouble, got = "", Trouble.NOTE, next(filter(str.strip, cells))
        note(table.problem(line, column, trouble, got))
        return None

    def _header(self, line: int, cells: list[str]) -> Header | None:
        header = read_header(line, [[cell] for cell in cells[:MOST_COLUMNS]], self._columns.names)
        return None if header.twice or header.missing(self._columns.scores) else header

    def _fault(self, table: Table, cells: list[str]) -> tuple[str, Trouble, str] | None:
        """Column, trouble and text of the first wrong cell; None: all are right. A cell that is not there is empty."""
        reads: dict[str, Callable[[str], object]] = {SHOP: written_id, DAY: self._days.__getitem__}
        reads |= {fact: known.__getitem__ for fact, known in self._scores.items()}
        reads[CLOSURES] = self._counts.__getitem__
        for column, read in reads.items():
            place = table.header.places.get(column)
            if place is None:
                continue
            try:
                read(cells[place])
            except IndexError:
                return column, Trouble.EMPTY, ""
            except BadCell as bad:
                return column, bad.trouble, cells[place]
            except Exception:
                return column, _UNREADABLE.get(column, Trouble.NOT_A_SCORE), cells[place]
        more = table.beyond(cells)
        return ("", Trouble.TOO_MANY_CELLS, more[0]) if more else None

    def _name(self, shop: str, written: str) -> None:
        name = plain_name(written)
        if name_trouble(name) is None:
            self.names[shop] = name


def _remembered_score(fact: Fact) -> "_Remembered[int | None]":
    scale = Scale.of(fact)
    return _Remembered(lambda text: written_score(text, scale))


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
