"""What is told of a failure of the database, and to whom."""

import sqlite3
from socket import gaierror

import asyncpg
import pytest
from sqlalchemy.exc import OperationalError

from storage.database.failures import shown, told


def of(error: Exception) -> OperationalError:
    """The error as it comes from SQLAlchemy."""
    return OperationalError("SELECT secret", None, error)


TOLD = {
    "read-only": (
        of(asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction")),
        "the database is read-only: a standby, or its disk is full; name the primary, or all servers as"
        " HOST1,HOST2 with target_session_attrs=read-write (cannot execute INSERT in a read-only transaction)",
    ),
    "used up": (
        of(asyncpg.TooManyConnectionsError("sorry, too many clients already")),
        "the server has no connection left; raise max_connections, or stop what uses them up"
        " (sorry, too many clients already)",
    ),
    "unknown": (
        of(asyncpg.InvalidPasswordError("password authentication failed\nfor somebody")),
        "password authentication failed",
    ),
    "a file": (PermissionError(13, "Permission denied", "/data/a.db"), "/data/a.db: Permission denied"),
    "refused": (
        ConnectionRefusedError(111, "Connect call failed ('10.0.0.5', 5432)"),
        "Connection refused: Connect call failed ('10.0.0.5', 5432)",
    ),
    "no such host": (
        gaierror(-2, "Name or service not known"),
        "Name or service not known; look at the name of the host",
    ),
    "SQLite": (of(sqlite3.OperationalError("database or disk is full")), "database or disk is full"),
    "nothing said": (TimeoutError(), "TimeoutError"),
}


@pytest.mark.parametrize(("error", "line"), TOLD.values(), ids=TOLD)
def test_an_operator_is_told_in_a_line_without_statement(error: Exception, line: str) -> None:
    assert told(error) == line


def test_strangers_are_shown_no_address_and_no_name() -> None:
    assert shown(of(asyncpg.InvalidPasswordError('failed for user "alliance"'))) == "InvalidPasswordError"
    assert shown(ConnectionRefusedError("connect to 10.0.0.5:5432")) == "ConnectionRefusedError"
    assert shown(of(sqlite3.OperationalError("/data/a.db: disk I/O error"))) == "disk I/O error"
    assert shown(of(asyncpg.CannotConnectNowError("the database system is starting up"))).startswith("the server does")
