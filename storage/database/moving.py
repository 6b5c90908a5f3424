"""Moving all rows from a database into another, empty database on any engine: to PostgreSQL, and back.

Read in one transaction and written in another: the target has all rows or none. A move is no backup: the target goes
on where the source was, so the source must not be used again (backups: `storage.database.copies`).
"""

from typing import Final

from sqlalchemy import Table, exists, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.database import engine as database
from storage.schema import metadata, paces

ROWS_AT_ONCE: Final = 2_000
LEFT_BEHIND: Final = frozenset({paces.name})
"""Instants of the source's clock, over in a second."""


class NotEmptyError(Exception):
    """The target has rows already; the argument names the table."""


class NotUpgradedError(Exception):
    """The source has another version's schema."""


async def move(source: AsyncEngine, target: AsyncEngine) -> dict[str, int]:
    """Count of copied rows by table. Raises NotUpgradedError, NewerError, NotEmptyError, SQLAlchemyError."""
    await database.migrate(target)
    async with source.begin() as old, target.begin() as new:
        if not await old.run_sync(database.is_newest):
            raise NotUpgradedError
        await _refuse_unless_empty(new)
        counts = {table.name: await _copy(old, new, table) for table in _tables()}
        for table in _tables():
            if table.autoincrement_column is not None:
                await _go_on_numbering(old, new, table)
    return counts


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in LEFT_BEHIND]


async def _refuse_unless_empty(conn: AsyncConnection) -> None:
    for table in _tables():
        if (await conn.execute(select(exists(select(1).select_from(table))))).scalar():
            raise NotEmptyError(table.name)


async def _copy(old: AsyncConnection, new: AsyncConnection, table: Table) -> int:
    count = 0
    rows = await old.stream(select(table).order_by(*table.primary_key.columns))
    async for some in rows.partitions(ROWS_AT_ONCE):
        await new.execute(insert(table), [dict(zip(table.c.keys(), row, strict=True)) for row in some])
        count += len(some)
    return count


async def _go_on_numbering(old: AsyncConnection, new: AsyncConnection, table: Table) -> None:
    """Let ids go on after the highest ever given, deleted rows included."""
    last = await _last_number(old, table)
    if last and new.dialect.name == "postgresql":
        await new.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))
    elif last and table.dialect_options["sqlite"]["autoincrement"]:
        await new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        await new.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table.name, "last": last}
        )


async def _last_number(conn: AsyncConnection, table: Table) -> int:
    """The highest id that the table ever gave, 0 if none."""
    if conn.dialect.name == "postgresql":
        named = select(func.pg_get_serial_sequence(table.name, "id"))
        sequence = (await conn.execute(named)).scalar_one()
        query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608  (its own)
        return int((await conn.execute(query)).scalar_one())
    if table.dialect_options["sqlite"]["autoincrement"]:
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int((await conn.execute(given, {"name": table.name})).scalar() or 0)
    return int((await conn.execute(text(f"SELECT max(id) FROM {table.name}"))).scalar() or 0)  # noqa: S608  (our own)
