"""The database: made from its URL, brought to the newest schema, copied while in use.

SQLite has one writer at a time. An engine on it has one connection, so that the transactions of this process queue
in the order in which they came instead of polling for the lock; other processes wait by `busy_timeout`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, inspect, literal_column, make_url, select, table
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_TIMEOUT_MS = 10_000
HEAD = "0001"
"""The newest migration; a test compares it with the folder, so that starting needs no Alembic when nothing is to do."""

MIGRATIONS = Path(__file__).parent / "migrations"
_DURABLE = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON")


class NotEmbeddedError(Exception):
    """The operation needs an embedded (SQLite) database; for PostgreSQL use its own tools."""


def create(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; an embedded one's folder is made."""
    parsed = make_url(url)
    return _embedded(parsed) if is_embedded(url) else create_async_engine(parsed, pool_pre_ping=True)


def is_embedded(url: str) -> bool:
    """True when the database is a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def file_of(url: str) -> Path:
    """The file of an embedded database. Raises NotEmbeddedError."""
    database = make_url(url).database
    if not is_embedded(url) or not database:
        raise NotEmbeddedError("not an embedded database; use the tools of its server (pg_dump)")
    return Path(database)


def _embedded(url: URL) -> AsyncEngine:
    file_of(url.render_as_string()).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_reset_on_return=None)
    event.listen(engine.sync_engine, "connect", _make_durable)
    event.listen(engine.sync_engine, "begin", _begin_as_writer)
    return engine


def _make_durable(connection: Any, _record: object) -> None:
    """Committed means on disk. The driver's own BEGIN is off, because it comes too late and not before SELECT."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _DURABLE:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_as_writer(connection: Connection) -> None:
    """Take the write lock first: a transaction that began by reading can't wait for it later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def migrate(engine: AsyncEngine) -> bool:
    """Bring the schema to `HEAD`; True when there was something to do."""
    async with engine.begin() as conn:
        if await conn.run_sync(_version) == HEAD:
            return False
        await conn.run_sync(upgrade)
    return True


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(select(literal_column("version_num")).select_from(table("alembic_version"))))


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the migrations up to `target` in the connection's transaction. Importing Alembic takes 0.2 s: only here."""
    from alembic import command  # noqa: PLC0415

    command.upgrade(_alembic(connection), target)


def downgrade(connection: Connection, target: str) -> None:
    """Run the migrations back down to `target` in the connection's transaction."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(_alembic(connection), target)


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def backup(url: str, target: Path) -> None:
    """Write a consistent copy of the embedded database, in use or not, to `target`. Raises NotEmbeddedError."""
    source = file_of(url)
    if not source.is_file():
        raise FileNotFoundError(f"{source}: no database there")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
