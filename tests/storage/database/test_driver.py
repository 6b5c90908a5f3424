"""The driver's connection and cursor have all members used by SQLAlchemy's adapter for aiosqlite.

The names are read from the adapter's source, so that each member added, removed or renamed fails by name.
"""

import inspect
import re
import sqlite3
from typing import Final

import pytest
from sqlalchemy.connectors import asyncio as adapter
from sqlalchemy.dialects.sqlite import aiosqlite as dialect

from storage.database.driver import Cursor, Driver, is_busy

SOURCE: Final = inspect.getsource(adapter) + inspect.getsource(dialect)
OF_CONNECTION: Final = {"_connection", "close", "commit", "create_function", "cursor", "rollback", "stop"}
OF_CURSOR: Final = {
    "__aenter__", "arraysize", "close", "description", "execute", "executemany", "fetchall", "fetchmany", "fetchone",
    "lastrowid", "rowcount",
}  # fmt: skip
NOT_OF_OURS: Final = {
    "_conn", "_tx", "isolation_level",  # to set an isolation level, which no code of ours does
    "_thread", "daemon",  # of the connection that it makes itself when it gets none
    "__aiter__", "nextset", "setinputsizes",  # of cursors of other databases
}  # fmt: skip


def asked(what: str) -> set[str]:
    """The members of a "connection" or "cursor" named by the adapter."""
    return set(re.findall(rf"(?:self\._|\b){what}\.(\w+)", SOURCE))


@pytest.mark.parametrize("name", sorted(OF_CONNECTION | asked("connection")))
def test_the_adapter_asks_of_a_connection_what_ours_has(name: str) -> None:
    assert name in asked("connection"), f"SQLAlchemy does not ask a connection for {name} any more"
    assert name in OF_CONNECTION | NOT_OF_OURS, f"SQLAlchemy asks a connection for {name}"
    assert name in NOT_OF_OURS or name in dir(Driver(lambda: pytest.fail("opened")))


@pytest.mark.parametrize("name", sorted(OF_CURSOR | asked("cursor")))
def test_the_adapter_asks_of_a_cursor_what_ours_has(name: str) -> None:
    assert name in asked("cursor"), f"SQLAlchemy does not ask a cursor for {name} any more"
    assert name in OF_CURSOR | NOT_OF_OURS, f"SQLAlchemy asks a cursor for {name}"
    assert name in NOT_OF_OURS or hasattr(Cursor, name)


BUSY: Final = {
    sqlite3.SQLITE_BUSY: True,
    sqlite3.SQLITE_BUSY_RECOVERY: True,
    sqlite3.SQLITE_BUSY_SNAPSHOT: True,
    sqlite3.SQLITE_FULL: False,
    sqlite3.SQLITE_IOERR: False,
}


@pytest.mark.parametrize(("code", "waits"), BUSY.items(), ids=map(str, BUSY))
def test_every_kind_of_busy_is_waited_for_and_nothing_else(code: int, waits: bool) -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    assert is_busy(error) is waits
