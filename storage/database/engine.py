"""The database: made from a URL, brought to the newest schema, copied while in use.

SQLite has one writer at a time. An engine on SQLite has one connection, so that transactions of this process queue in
order of arrival instead of polling for the lock.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, event, func, inspect, literal_column, make_url, select, table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.database import driver
from storage.database.driver import Driver

HEAD = "0018"
"""The newest migration; a test compares it with the folder, so that starting needs no Alembic when nothing is to do."""

MIGRATING = 20221010
"""The number of the lock that is held meanwhile; any that nobody else on the database uses."""

MIGRATIONS = Path(__file__).parents[1] / "migrations"


CONNECT_S: Final = 5.0
"""Seconds after which a silent server counts as away: asyncpg would wait a minute."""

_DURABLE: Final = tuple(
    f"PRAGMA {setting}"
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=4000",  # 16 MB; writing the log back holds one answer in 200 up, not one in 50
        "foreign_keys=ON",
        "secure_delete=ON",
    )
)

_QUIET: Final = {"hide_parameters": True}
"""The text of an error has no values in it: values may be a merchant's words."""

_UNCOMPILED: Final = "SET jit = off"
"""PostgreSQL runs long queries as they are: to compile one takes seconds, to run it less than a tenth of one.

It is said after connecting: poolers refuse parameters of the start that they do not know.
"""


class NotEmbeddedError(Exception):
    """The operation needs an embedded (SQLite) database; for PostgreSQL use pg_dump and the like."""


class NewerError(Exception):
    """The schema is of a newer version of the program, which this code can't read; the message has the mend."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"the database is of a newer version ({found}) of the program than this one ({HEAD}): "
            "install that version, or restore the backup of before the upgrade"
        )


def create(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` (the folder is made) or `postgresql+asyncpg://…`."""
    if is_embedded(url):
        return _embedded(make_url(url))
    connecting = {"timeout": CONNECT_S, "async_creator_fn": _connected}
    return create_async_engine(url, **_QUIET, pool_pre_ping=True, connect_args=connecting)


async def _connected(*args: Any, **more: Any) -> Any:
    """A connection to PostgreSQL. Raises asyncpg's errors."""
    import asyncpg  # noqa: PLC0415  (not loaded for an embedded database)

    connection = await asyncpg.connect(*args, **more)
    await connection.execute(_UNCOMPILED)
    return connection


def is_embedded(url: str | URL) -> bool:
    """True when the database is a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def file_of(url: str | URL) -> Path:
    """The file of an embedded database. Raises NotEmbeddedError."""
    database = make_url(url).database
    if not is_embedded(url) or not database:
        raise NotEmbeddedError("not an embedded database; use the tools of its server (pg_dump)")
    return Path(database)


def _embedded(url: URL) -> AsyncEngine:
    file = file_of(url)
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        **_QUIET,
        pool_size=1,
        max_overflow=0,
        pool_reset_on_return=None,  # leaving a transaction's block ends it; once more would be a round trip for nothing
        connect_args={"async_creator_fn": lambda *_args, **_more: connect(file)},
    )
    event.listen(engine.sync_engine, "begin", driver.begin)
    event.listen(engine.sync_engine, "before_cursor_execute", driver.choose_place)
    return engine


async def connect(file: Path) -> Driver:
    """A durable connection to the file: committed means on disk. Raises sqlite3.Error."""
    return await Driver(lambda: _open(file)).open()


def _open(file: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=0)
    try:
        driver.until_free(lambda: driver.is_done(opened, _DURABLE))
    except sqlite3.Error:
        opened.close()
        raise
    return opened


async def migrate(engine: AsyncEngine) -> bool:
    """Bring the schema to `HEAD`; True when a migration ran. Raises NewerError."""
    async with engine.begin() as conn:
        if await conn.run_sync(is_newest):
            return False
        await _wait_for_others(conn)
        if await conn.run_sync(is_newest):
            return False
        await conn.run_sync(upgrade)
    return True


async def _wait_for_others(conn: AsyncConnection) -> None:
    """Wait for other processes' migrations; an embedded database has one writer anyway."""
    if conn.dialect.name == "postgresql":
        await conn.execute(select(func.pg_advisory_xact_lock(MIGRATING)))


def version(connection: Connection) -> str | None:
    """The schema's migration, None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(select(literal_column("version_num")).select_from(table("alembic_version")))
    return found


def is_newest(connection: Connection) -> bool:
    """Whether the schema is at `HEAD`. Raises NewerError for one beyond."""
    found = version(connection)
    if found is not None and found > HEAD:
        raise NewerError(found)
    return found == HEAD


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


def backup(url: str, target: Path, now_ms: int) -> None:
    """Write a consistent copy of the embedded database, in use or not, to `target`, marked as a copy.

    The file appears when whole, readable by the owner alone. Raises NotEmbeddedError, FileNotFoundError, OSError.
    """
    source = file_of(url)
    if not source.is_file():
        raise FileNotFoundError(f"{source}: no database there")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        _mark_as_copy(copy, now_ms)
        if copy.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise OSError("the copy is damaged, so the database may be: run PRAGMA integrity_check on it")
    part.replace(target)


def _mark_as_copy(copy: sqlite3.Connection, now_ms: int) -> None:
    """See `storage.database.copies`; a database of an older schema has no table for the mark."""
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'copies'").fetchone():
        with copy:
            copy.execute("INSERT INTO copies (copied_at) VALUES (?)", (now_ms,))
