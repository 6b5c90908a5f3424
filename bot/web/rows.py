"""The body of an ingest call as rows of scores; the problems of a wrong body, row by row.

Cells are read like a file's, but more strictly: days are YYYY-MM-DD, ids and days are text without spaces around, a
count is a whole number. Numbers of the JSON keep their text, and JSON with two meanings is refused. A row names any of
the edition's scores; fields of other names are left alone, and named in the answer.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.feeds.cells import BadCell, Trouble, read_count, read_day, read_id, read_score
from bot.feeds.header import CLOSURES, DAY, SHOP
from bot.feeds.kept import Given
from bot.feeds.table import SHOWN_LENGTH
from bot.web.exchange import Refused
from rules.edition import Fact
from rules.facts import Scale
from storage.score_files import Row

MOST_ROWS: Final = 5_000
REGISTER: Final = "register"
PROBLEMS_NAMED: Final = 20
FIELDS_NAMED: Final = 20

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WORDS: Final[Mapping[Trouble, str]] = {
    Trouble.EMPTY: "empty",
    Trouble.FORMULA: "begins like a formula",
    Trouble.NOT_AN_ID: "wants text of 1 to 64 characters without spaces",
    Trouble.ROUNDED_ID: "a spreadsheet has rounded this id",
    Trouble.NOT_A_DAY: "wants a day like 2022-10-01",
    Trouble.FUTURE_DAY: "this day is still to come",
    Trouble.NOT_A_SCORE: "wants a number in plain digits, like 4.2, or null for no score",
    Trouble.TOO_PRECISE: "has more decimals than the scale",
    Trouble.NOT_A_COUNT: "wants a whole number from 0 to 9999, or null",
    Trouble.CONFLICT: "stands already, with another value, in row {other}",
}
Problem = dict[str, Any]


class Number(str):
    """The text of a JSON number: 4.10 stays 4.10."""

    __slots__ = ()


def read_rows(body: bytes, scores: Sequence[Fact], today: date) -> Given:
    """The rows of a call. Raises Refused: 400 for a body that is no JSON, 422 for wrong rows."""
    call = _call(_parsed(body))
    rows = call["rows"]
    reader = _Reader(scores, today)
    for number, row in enumerate(rows, 1):
        reader.take(number, row)
    if reader.count:
        raise Refused(422, reader.line(len(rows)), problems=reader.problems, problem_count=reader.count)
    told = len({row[:2] for row in reader.rows})
    left_alone = tuple(sorted(reader.left_alone)[:FIELDS_NAMED])
    return Given(list(reader.rows.values()), told, left_alone, registers=bool(call.get(REGISTER)))


def _parsed(body: bytes) -> Any:
    """The JSON value, numbers as `Number`. Raises Refused (400) for a body that is no JSON or has two meanings."""
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=Number,
            parse_int=Number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise Refused(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise Refused(400, f"the body is not JSON in UTF-8: {_where(error)}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _where(error: ValueError) -> str:
    """The error and its place, without the text of the body."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos}"
    return str(error)


def _call(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("rows"), list):
        raise Refused(422, 'the body wants the form {"rows": [...]}')
    if unknown := sorted(set(given) - {"rows", REGISTER}):
        raise Refused(422, f"unknown field {_shown(unknown[0])}; the body has rows, and register")
    if not isinstance(given.get(REGISTER, False), bool):
        raise Refused(422, "register wants true or false")
    if not 1 <= len(given["rows"]) <= MOST_ROWS:
        raise Refused(422, f"a call has 1 to {MOST_ROWS} rows, this one {len(given['rows'])}")
    return given


class _Reader:
    """Reads rows one by one. `rows`: by shop, day and score, each once; `count`: of problems."""

    def __init__(self, scores: Sequence[Fact], today: date) -> None:
        self.rows: dict[tuple[str, date, int], Row] = {}
        self.problems: list[Problem] = []
        self.count = 0
        self.left_alone: set[str] = set()
        self._bad_rows: set[int] = set()
        self._numbers: dict[tuple[str, date, int], int] = {}
        self._scales = {fact.id: Scale.of(fact) for fact in scores}
        self._reads: Mapping[str, Callable[[Any], Any]] = {
            SHOP: _shop_id,
            DAY: lambda given: _day(given, today),
            **{name: _score_reader(scale) for name, scale in self._scales.items()},
            CLOSURES: _closures,
        }

    def take(self, number: int, given: Any) -> None:
        """Read one row; `number` counts from 1."""
        before = self.count
        if not isinstance(given, dict):
            self._note(number, None, "wants an object with shop_id, day and a score")
            return
        self.left_alone |= {name[:SHOWN_LENGTH] for name in given if name not in self._reads}
        cells = dict(self._cells(number, given))
        if self.count > before:
            return
        for place, name in enumerate(self._scales):
            if name in cells:
                self._keep(number, name, (cells[SHOP], cells[DAY], place, cells[name], cells.get(CLOSURES)))

    def _cells(self, number: int, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        names = [*self._scales]
        needed = (SHOP, DAY, *(() if given.keys() & set(names) else names[:1]))
        for name, read in self._reads.items():
            if name not in given:
                if name in needed:
                    self._note(number, name, "missing")
                continue
            try:
                yield name, read(given[name])
            except BadCell as bad:
                self._note(number, name, self._words(name, bad.trouble), given[name])

    def _keep(self, number: int, name: str, row: Row) -> None:
        known = self.rows.setdefault(row[:3], row)
        first = self._numbers.setdefault(row[:3], number)
        if known != row:
            field = name if known[3] != row[3] else CLOSURES
            self._note(number, field, _WORDS[Trouble.CONFLICT].format(other=first))

    def _words(self, name: str, trouble: Trouble) -> str:
        if trouble is Trouble.OFF_SCALE:
            scale = self._scales[name]
            return f"off the scale, which goes from {scale.lowest} to {scale.highest}"
        return _WORDS[trouble]

    def _note(self, number: int, name: str | None, error: str, got: Any = None) -> None:
        self.count += 1
        self._bad_rows.add(number)
        if len(self.problems) < PROBLEMS_NAMED:
            more = {} if got is None else {"got": _shown(got)}
            self.problems.append({"row": number, "field": name, "error": error, **more})

    def line(self, rows: int) -> str:
        """A sentence with the number of wrong rows and the first problem."""
        first = self.problems[0]
        where = f"row {first['row']}" + (f", {_shown(first['field'])}" if first["field"] is not None else "")
        return f"nothing stored: {len(self._bad_rows)} of {rows} rows are wrong; {where}: {first['error']}"


def _shop_id(given: Any) -> str:
    return read_id(_text(given, Trouble.NOT_AN_ID))


def _day(given: Any, today: date) -> date:
    text = _text(given, Trouble.NOT_A_DAY)
    if not _DAY.fullmatch(text):
        raise BadCell(Trouble.NOT_A_DAY)
    return read_day(text, today)


def _score_reader(scale: Scale) -> Callable[[Any], int | None]:
    def read(given: Any) -> int | None:
        if given is None:
            return None
        if type(given) is Number:
            if given.startswith("-"):
                raise BadCell(Trouble.OFF_SCALE)
            return read_score(given, scale)
        return read_score(_text(given, Trouble.NOT_A_SCORE), scale)

    return read


def _closures(given: Any) -> int | None:
    if given is None:
        return None
    if type(given) is not Number or given.startswith("-"):
        raise BadCell(Trouble.NOT_A_COUNT)
    return read_count(given)


def _text(given: Any, trouble: Trouble) -> str:
    """The JSON string. Raises BadCell for another type and for spaces around the text."""
    if type(given) is not str or given != given.strip():
        raise BadCell(trouble)
    return given


def _shown(value: Any) -> str:
    """The value as JSON, cut short, so that no character is special."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return str(value) if type(value) is Number else json.dumps(value[:SHOWN_LENGTH] if type(value) is str else value)
