"""The database: made from a URL and brought to the newest schema.

SQLite has one writer at a time. An engine on SQLite has one connection, so that transactions of this process queue in
order of arrival instead of polling for the lock.
"""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, func, inspect, literal_column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.database import address, driver, postgresql, private
from storage.database.driver import Driver

HEAD = "0018"
"""The newest migration; a test compares it with the folder, so that starting needs no Alembic when nothing is to do."""

MIGRATING = 20221010
"""The number of the lock that is held meanwhile; any that nobody else on the database uses."""

MIGRATIONS = Path(__file__).parents[1] / "migrations"


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


class NotEmbeddedError(Exception):
    """The operation needs an embedded (SQLite) database; for PostgreSQL use pg_dump and the like."""


class UnfitError(Exception):
    """The database can't be used by this program or bot; the message says why, and has the mend."""


class NewerError(UnfitError):
    """The schema is of a newer version of the program, which this code can't read; the message has the mend."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"the database is of a newer version ({found}) of the program than this one ({HEAD}): "
            "install that version, or restore the backup of before the upgrade"
        )


def create(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` (the folder is made) or `postgresql+asyncpg://…`."""
    return _embedded(url) if is_embedded(url) else postgresql.create(url, **_QUIET)


def is_embedded(url: str) -> bool:
    """True when the database is a SQLite file."""
    return address.is_sqlite(url)


def file_of(url: str) -> Path:
    """The file of an embedded database. Raises NotEmbeddedError."""
    if not is_embedded(url) or not address.file_in(url):
        raise NotEmbeddedError("not an embedded database; use the tools of its server (pg_dump)")
    return Path(address.file_in(url))


def _embedded(url: str) -> AsyncEngine:
    file = file_of(url)
    private.make_folder(file.parent)
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
    """A durable connection to the file: committed means on disk. Raises sqlite3.Error, OSError."""
    return await Driver(lambda: _open(file), file).open()


def _open(file: Path) -> sqlite3.Connection:
    private.make(file)
    opened = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=0)
    try:
        driver.until_free(lambda: driver.is_done(opened, _DURABLE))
    except sqlite3.Error as error:
        opened.close()
        raise type(error)(f"{file.absolute()}: {error}") from None
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
