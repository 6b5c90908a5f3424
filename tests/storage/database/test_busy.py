"""What counts as another process being in the way, so that a transaction waits for it instead of failing."""

import sqlite3

import pytest

from storage.database.busy import is_busy

CODES = {
    sqlite3.SQLITE_BUSY: True,
    sqlite3.SQLITE_BUSY_RECOVERY: True,
    sqlite3.SQLITE_BUSY_SNAPSHOT: True,
    sqlite3.SQLITE_FULL: False,
    sqlite3.SQLITE_IOERR: False,
}


@pytest.mark.parametrize(("code", "waits"), CODES.items(), ids=map(str, CODES))
def test_every_kind_of_busy_is_waited_for_and_nothing_else(code: int, waits: bool) -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    assert is_busy(error) is waits
