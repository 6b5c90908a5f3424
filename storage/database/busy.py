"""SQLite has one writer at a time: what counts as another process being in the way, and waiting until it is not."""

import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import Final

LOCKED_FOR_S: Final = 10.0
"""How long a transaction waits for another process's; then `sqlite3.OperationalError`."""

_RETRY_S: Final = 0.005


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another process is in the way: writing, or (an extended code) recovering the log after a crash."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def is_done(connection: sqlite3.Connection, statements: Iterable[str]) -> bool:
    """Run the statements; False when another process is in the way. Raises sqlite3.Error."""
    try:
        for statement in statements:
            connection.execute(statement)
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return False
    return True


def until_free(attempt: Callable[[], bool]) -> None:
    """Call `attempt` until it returns True, for at most LOCKED_FOR_S. Raises sqlite3.OperationalError after that.

    SQLite's own waiting is not enough: it gives up at once where it fears a deadlock.
    """
    until = time.monotonic() + LOCKED_FOR_S
    while not attempt():
        if time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked by another process")
        time.sleep(_RETRY_S)
