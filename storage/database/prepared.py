"""Statements that every update runs: prepared once, and on SQLite run by the driver itself.

SQLAlchemy's way from a statement to rows costs 0.15 ms; SQLite needs a tenth of that time for a row found by an index.
Values go in and come out in the driver's own types (numbers, text, a truth as 0 or 1) without conversion.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.driver import Driver

Values = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]


class Prepared:
    """A statement on few rows found by an index, without an IN of unknown length.

    On SQLite the statement runs in place: one longer than microseconds would hold the loop up.
    """

    def __init__(self, statement: Executable, names: Iterable[str] | None = None) -> None:
        """`names`: the columns that an INSERT is given."""
        self._statement = statement
        self._names = list(names) if names is not None else None

    async def rows(self, conn: AsyncConnection, values: Values) -> Rows:
        """The rows found or returned. Raises sqlalchemy.exc.DBAPIError."""
        return await self.rows_of_each(conn, (values,))

    async def rows_of_each(self, conn: AsyncConnection, many: Sequence[Values]) -> Rows:
        """All rows of runs with each of the values, in order."""
        if not many:
            return ()
        driver = _driver(conn)
        if driver is not None:
            return (await self._run(conn, driver, many))[0]
        return (await conn.execute(self._statement, many[0] if len(many) == 1 else many)).all()

    async def change(self, conn: AsyncConnection, values: Values) -> int:
        """Run; the count of changed rows."""
        driver = _driver(conn)
        if driver is not None:
            return (await self._run(conn, driver, (values,)))[1]
        return int((await conn.execute(self._statement, values)).rowcount)

    async def change_each(self, conn: AsyncConnection, many: Sequence[Values]) -> None:
        """Run with each of the values, in order."""
        if not many:
            return
        driver = _driver(conn)
        if driver is not None:
            await self._run(conn, driver, many)
        else:
            await conn.execute(self._statement, many)

    async def _run(self, conn: AsyncConnection, driver: Driver, many: Sequence[Values]) -> tuple[Rows, int]:
        sql, order, given = self._written
        parameters = [[values.get(name, given[name]) for name in order] for values in many]
        try:
            return await driver.run(lambda: driver.run_each(sql, parameters), quick=True)
        except sqlite3.Error as error:
            raised = DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True, dialect=conn.dialect)
            raise raised from error

    @cached_property
    def _written(self) -> tuple[str, tuple[str, ...], Values]:
        """The SQL for SQLite, the order of the values, and values already set."""
        from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite  # noqa: PLC0415  (not on PostgreSQL)

        compiled = self._statement.compile(dialect=SQLiteDialect_aiosqlite(), column_keys=self._names)  # type: ignore[attr-defined]
        return str(compiled), tuple(compiled.positiontup), compiled.params


def _driver(conn: AsyncConnection) -> Driver | None:
    """The connection to SQLite, None on another engine."""
    fairy = conn.sync_connection.connection if conn.sync_connection else None
    found = fairy.driver_connection if fairy else None
    return found if isinstance(found, Driver) else None
