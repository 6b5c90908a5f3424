"""A chat's data as a sheet for people: scores first, shops by name, the words of the merchant, the zone's times (pure).

Which columns of which tables there are, and in what order, says `export.toml`. Other tables are counted at the end.
"""

import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from bot.views.export import Shown
from bot.views.render import MESSAGES, points, words
from rules.edition import Edition, Fact
from rules.facts import from_json
from rules.requirements import Criterion

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet takes for a formula, also when its full-width form is typed."""

Row = Mapping[str, Any]


def as_csv(data: Shown, names: Mapping[int, str], editions: Sequence[Edition]) -> str:
    """A block of rows for each table of `export.toml`, and a block that counts the rows of others; a BOM, for
    spreadsheets. `names`: of shops, by number; `editions`: whose facts, lines and criteria are named."""
    days = {row["id"]: row["day"] for row in data.get("notices", [])}
    said, meaning = export_words(), _Meaning(names, editions, days)
    text = io.StringIO()
    for block in said["block"]:
        if rows := data.get(block["table"]):
            cells = [[meaning.cell(column, row) for column in block["columns"]] for row in rows]
            _write(text, block["title"], block["columns"].values(), cells)
    others = [[said["others"].get(name, name), str(len(data[name]))] for name in _others(data)]
    if others:
        _write(text, said["counted"]["title"], said["counted"]["columns"], others)
    return "\ufeff" + text.getvalue()


def _others(data: Shown) -> list[str]:
    """The tables that have no block; names of shops stand in every row."""
    return sorted(set(data) - {block["table"] for block in export_words()["block"]} - {"names"})


def _write(text: io.StringIO, title: str, columns: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.writerows([[title], list(columns), *([defused(cell) for cell in row] for row in rows), []])


def defused(cell: str) -> str:
    """The cell, with an apostrophe in front of a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What ids and codes mean to people; what means nothing stays as it is."""

    names: Mapping[int, str]
    editions: Sequence[Edition]
    days: Mapping[int, str]

    def cell(self, column: str, row: Row) -> str:
        value = row.get(column)
        if column == "value":
            return self.told(str(row.get("fact")), _parsed(value))
        read = READERS.get(column)
        if read:
            return read(self, value)
        return _time(value) if column.endswith(("_at", "_until")) else _word(column, value)

    def shop(self, number: Any) -> str:
        return (self.names[number] or _word("shop", "")) if number in self.names else _plain(number)

    def day(self, notice: Any) -> str:
        return self.days.get(notice) or _plain(notice)

    def fact(self, wanted: Any) -> str:
        return _label((fact for edition in self.editions for fact in edition.facts), wanted)

    def criterion(self, wanted: Any) -> str:
        return _label((one for edition in self.editions for one in edition.criteria), wanted)

    def told(self, wanted: str, value: Any) -> str:
        """The value as it was told."""
        fact = next((fact for edition in self.editions for fact in edition.facts if fact.id == wanted), None)
        return words("privacy/export_value", fact=fact, seen=from_json(value)) if fact else _plain(value)

    def check(self, kept: Any) -> str:
        """The answers of a check, fact by fact."""
        check = _parsed(kept)
        return self.answers(check.get("answers")) if isinstance(check, dict) else _plain(check)

    def answers(self, kept: Any) -> str:
        """What was told, fact by fact."""
        told = _parsed(kept)
        if not isinstance(told, dict):
            return _plain(told)
        return "；".join(f"{self.fact(fact)}：{self.told(fact, value)}" for fact, value in told.items())

    def report(self, kept: Any) -> str:
        """The verdict."""
        report = _parsed(kept)
        return _word("verdict", report.get("verdict")) if isinstance(report, dict) else _plain(report)

    def score(self, value: Any) -> str:
        return _word("none", "") if value is None else points(Decimal(value))


READERS: Final[Mapping[str, Callable[[_Meaning, Any], str]]] = {
    "shop_id": _Meaning.shop,
    "notice_id": _Meaning.day,
    "fact": _Meaning.fact,
    "criterion": _Meaning.criterion,
    "answers": _Meaning.check,
    "choices": _Meaning.answers,
    "report": _Meaning.report,
    "hundredths": _Meaning.score,
}
"""How a column is read; any other is an instant, or a code with a word of its own."""


def _label(known: Iterable[Fact | Criterion], wanted: Any) -> str:
    return next((one.label for one in known if one.id == wanted), _plain(wanted))


def _parsed(text: Any) -> Any:
    """The value behind JSON text; any other text as before."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _time(value: Any) -> str:
    """An instant to the minute: the zone is the merchant's own."""
    shown = _plain(value)
    return shown[:16].replace("T", " ") if shown[10:11] == "T" else shown


def _word(kind: str, value: Any) -> str:
    return words("privacy/export_word", kind=kind, value=value) or _plain(value)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


@cache
def export_words() -> dict[str, Any]:
    """The content of `export.toml`, read once."""
    with (MESSAGES / "zh-Hans" / "export.toml").open("rb") as file:
        return tomllib.load(file)
