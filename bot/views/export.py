"""A chat's data as two files to take away: JSON for programs, CSV for spreadsheets (pure)."""

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Column, Table

from bot.views.render import MESSAGES
from rules.lines import points
from storage.personal import Rows
from storage.schema import metadata

HIDDEN: Final = frozenset({"owner", "lease_until", "payload", "content"})
"""Columns that tell of our own processes, and what is on its way: an export that waits would be in the next one."""

_HUNDREDTHS: Final = frozenset({"hundredths", "highest", "descent_ends_at"})
_JSON: Final = frozenset({"body", "answers", "report", "choices"})
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet takes for a formula, also when its full-width form is typed."""

Shown = dict[str, list[dict[str, Any]]]


def shown(found: Mapping[str, Rows], names: Mapping[int, str], zone: ZoneInfo) -> Shown:
    """The rows for people: scores in points, instants in the zone's time; the shops' names first."""
    called = [{"shop_id": number, "name": name} for number, name in names.items()]
    tables = {name: [_row(metadata.tables[name], row, zone) for row in rows] for name, rows in found.items() if rows}
    return {"names": called, **tables} if called else tables


def _row(table: Table, row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    columns = {column.name: column for column in table.columns}
    return {name: _value(columns[name], value, zone) for name, value in row.items() if name not in HIDDEN}


def _value(column: Column[Any], value: Any, zone: ZoneInfo) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if column.name in _HUNDREDTHS:
        return str(points(value))
    if isinstance(column.type, BigInteger) and column.name.endswith(("_at", "_until")):
        return datetime.fromtimestamp(value / 1000, UTC).astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def as_json(data: Shown) -> str:
    """Everything, in a single JSON object: a list of rows for each table."""
    parsed = {name: [{key: _parsed(key, value) for key, value in row.items()} for row in data[name]] for name in data}
    return json.dumps(parsed, ensure_ascii=False, indent=1) + "\n"


def _parsed(name: str, value: Any) -> Any:
    """The value behind JSON text; any other value as before."""
    if name not in _JSON or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def as_csv(data: Shown) -> str:
    """Everything, a block of rows for each table below the names of table and columns; a BOM, for spreadsheets."""
    text = io.StringIO()
    out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for name, rows in data.items():
        columns = list(rows[0])
        out.writerow([_words()["tables"].get(name, name)])
        out.writerow([_words()["columns"].get(column, column) for column in columns])
        out.writerows(_cells(row.values()) for row in rows)
        out.writerow([])
    return "\ufeff" + text.getvalue()


def _cells(values: Iterable[Any]) -> list[str]:
    return ["" if value is None else defused(str(value)) for value in values]


def defused(cell: str) -> str:
    """The cell, with an apostrophe in front of a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


@cache
def _words() -> dict[str, dict[str, str]]:
    with (MESSAGES / "zh-Hans" / "export.toml").open("rb") as file:
        return tomllib.load(file)
