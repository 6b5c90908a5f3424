"""Many rows at once: tuples in the database's own types (a day is its number, a score its hundredths), as is.

A dictionary a row and a conversion a value would cost more than the insert itself.
"""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Select, Table, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

Rows = Sequence[tuple[Any, ...]]


async def put(conn: AsyncConnection, table: str, names: tuple[str, ...], rows: Rows) -> None:
    """Insert rows with values in the order of `names`; columns left out stay empty."""
    if rows:
        values = placeholders(conn.dialect.name, len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608  (names of ours)
        await conn.exec_driver_sql(statement, list(rows))


def raw(value: Any) -> Any:
    """The value in the database's own type."""
    if isinstance(value, Enum):
        return value.value
    return value.toordinal() if isinstance(value, date) else value


def placeholders(dialect: str, count: int) -> str:
    """Placeholders for `count` values, as the engine's driver writes placeholders."""
    return ", ".join(f"${n}" if dialect == "postgresql" else "?" for n in range(1, count + 1))


async def numbers(conn: AsyncConnection, table: Table, count: int) -> range | list[int]:
    """New ids of the table, ascending, given to no other transaction."""
    if conn.dialect.name == "postgresql":
        series = func.generate_series(1, count).table_valued("n")
        given = select(func.nextval(func.pg_get_serial_sequence(table.name, "id"))).select_from(series)
        return sorted((await conn.execute(given)).scalars())
    # The transaction is the only writer, and an id that is named moves the sequence too.
    query: Select[Any] = select(literal_column("seq")).select_from(text("sqlite_sequence")).where(text("name = :name"))
    last = (await conn.execute(query, {"name": table.name})).scalar() or 0
    return range(last + 1, last + 1 + count)
