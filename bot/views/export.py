"""A chat's data to take away, whole: the rows of every table, for programs as JSON (pure)."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Column, Table

from rules.lines import points
from storage.personal import Rows
from storage.schema import metadata

HIDDEN: Final = frozenset({"owner", "lease_until", "payload", "content"})
"""Columns that tell of our own processes, and what is on its way: an export that waits would be in the next one."""

_HUNDREDTHS: Final = frozenset({"hundredths", "highest", "descent_ends_at"})
_JSON: Final = frozenset({"body", "answers", "report", "choices"})

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
