"""A durable connection to a SQLite file, and the engine's events that tell it where a statement runs."""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from storage.database.busy import is_done, until_free
from storage.database.driver import Driver

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


async def connect(file: Path) -> Driver:
    """A durable connection to this file: committed means on disk. Raises sqlite3.Error."""
    return await Driver(lambda: _open(file)).open()


def _open(file: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=0)
    try:
        until_free(lambda: is_done(opened, _DURABLE))
    except sqlite3.Error:
        opened.close()
        raise
    return opened


def begin(connection: Connection) -> None:
    """For the engine's "begin" event."""
    _driver(connection).begin()


def choose_place(conn: Connection, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool) -> None:
    """For the engine's "before_cursor_execute" event: a statement with the option `quick` runs where it is called."""
    _driver(conn).is_quick = bool(context and context.execution_options.get("quick"))


def _driver(connection: Connection) -> Driver:
    found = connection.connection.driver_connection
    assert isinstance(found, Driver)  # noqa: S101
    return found
