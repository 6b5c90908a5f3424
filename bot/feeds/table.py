"""The table in the bytes of a scores file: encoding, delimiter, header, columns."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from bot.feeds.cells import Trouble
from rules.edition import Fact

SHOP, DAY, CLOSURES = "shop_id", "day", "closures"
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    SHOP: (SHOP, "店铺id"),
    DAY: (DAY, "日期"),
    CLOSURES: (CLOSURES, "关闭次数"),
}
MAIN_SCORE: Final = ("体验分", "商家体验分", "店铺体验分", "综合体验分")
"""What people call the first score of an edition."""

SHOP_NAMES: Final = ("name", "店铺名称", "店名", "商家名称")
Names = Mapping[str, tuple[str, ...]]
DELIMITERS: Final = ",;\t"
SHOWN_LENGTH: Final = 40
CHUNK_BYTES: Final = 64 * 1024
"""A chunk without a line's end is part of a line too long for a score."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and the place. `line` counts from 1, 0 is the whole file; `column` "": the fault is in no single column.

    `got`: the cell's text, cut short. `other_line`: of a conflict, the first line with the same shop and day.
    """

    line: int
    column: str
    trouble: Trouble
    got: str = ""
    other_line: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A readable table: rows follow `header_line`, `places` has the index of each known column.

    `left_alone`: the names of the other columns, as written.
    """

    raw: IO[bytes]
    encoding: str
    delimiter: str
    header_line: int
    places: Mapping[str, int]
    left_alone: tuple[str, ...]
    name_at: int | None = None

    def reader(self) -> Any:
        """A `csv.reader` at the first row after the header; an earlier reader of the table is no longer valid."""
        rows = _reader(self.raw, self.encoding, self.delimiter)
        while rows.line_num < self.header_line:
            next(rows)
        return rows


def columns(scores: Sequence[Fact]) -> Names:
    """The names of each column, small letters: shop, day, count of closings, and a column for each score."""
    named = {fact.id: (fact.id, fact.label.casefold()) for fact in scores}
    return {**NAMES, **named, scores[0].id: (scores[0].id, *MAIN_SCORE)}


def find_table(raw: IO[bytes], names: Names) -> Table | Problem:
    """The table of a CSV file in UTF-8 or GB18030 with the columns of `names`, or the problem."""
    encoding = _encoding(raw)
    if isinstance(encoding, Problem):
        return encoding
    try:
        return _with_header(raw, encoding, names)
    except csv.Error:
        return Problem(1, "", Trouble.BROKEN_QUOTES)


def _with_header(raw: IO[bytes], encoding: str, names: Names) -> Table | Problem:
    """The table by the delimiter with most known columns in the first line that is not empty."""
    rows = _reader(raw, encoding, DELIMITERS[0])
    if not any(any(map(str.strip, cells)) for cells in rows):
        return Problem(0, "", Trouble.NO_ROWS)
    line = rows.line_num
    headers = {delimiter: _header(raw, encoding, delimiter, line) for delimiter in DELIMITERS}
    delimiter = max(headers, key=lambda delimiter: len(_known(headers[delimiter], names)))
    header = headers[delimiter]
    if wrong := _wrong(header, line, names):
        return wrong
    places = {column: found[0] for column, found in _known(header, names).items()}
    others = (name.strip()[:SHOWN_LENGTH] for at, name in enumerate(header) if at not in places.values())
    name_at = next((at for at, name in enumerate(header) if name.strip().casefold() in SHOP_NAMES), None)
    return Table(raw, encoding, delimiter, line, places, tuple(filter(None, others)), name_at)


def _header(raw: IO[bytes], encoding: str, delimiter: str, line: int) -> list[str]:
    rows, cells = _reader(raw, encoding, delimiter), list[str]()
    while rows.line_num < line:
        cells = next(rows)
    return cells


def _known(header: list[str], names: Names) -> dict[str, list[int]]:
    """The places of each known column in the header."""
    written = [name.strip().casefold() for name in header]
    found = {column: [at for at, name in enumerate(written) if name in known] for column, known in names.items()}
    return {column: places for column, places in found.items() if places}


def _wrong(header: list[str], line: int, names: Names) -> Problem | None:
    """A column that is missing or there twice. Of the scores any one is enough; without one, the first is missed."""
    known = _known(header, names)
    scores = [column for column in names if column not in NAMES]
    for column, enough in ((SHOP, (SHOP,)), (DAY, (DAY,)), (scores[0], scores)):
        if not known.keys() & set(enough):
            return Problem(line, column, Trouble.MISSING_COLUMN, ",".join(header)[:SHOWN_LENGTH])
    twice = next((column for column, places in known.items() if len(places) > 1), None)
    return Problem(line, twice, Trouble.COLUMN_TWICE) if twice else None


def _reader(raw: IO[bytes], encoding: str, delimiter: str) -> Any:
    raw.seek(0)
    return csv.reader(_Lines(raw, encoding, newline=""), delimiter=delimiter, strict=True)


class _Lines(io.TextIOWrapper):
    """Text over bytes; the bytes stay open when the text is garbage-collected."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _encoding(raw: IO[bytes]) -> str | Problem:
    """UTF-8 (with or without BOM) if all of it is, else GB18030 if all of it is."""
    problem = None
    for encoding in ("utf-8-sig", "gb18030"):
        problem = _misfit(raw, encoding)
        if problem is None or problem.trouble is not Trouble.NOT_TEXT:
            break
    return problem or encoding


def _misfit(raw: IO[bytes], encoding: str) -> Problem | None:
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    for chunk in _chunks(raw):
        if b"\0" in chunk:
            return Problem(line + chunk[: chunk.index(b"\0")].count(b"\n"), "", Trouble.HAS_NUL)
        if len(chunk) == CHUNK_BYTES and b"\n" not in chunk and b"\r" not in chunk:
            return Problem(line, "", Trouble.LINE_TOO_LONG)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            return Problem(line, "", Trouble.NOT_TEXT)
        line += chunk.count(b"\n")
    return None


def _chunks(raw: IO[bytes]) -> Iterator[bytes]:
    """The bytes from the beginning, and an empty chunk last."""
    raw.seek(0)
    while chunk := raw.read(CHUNK_BYTES):
        yield chunk
    yield b""
