"""The connection and cursor that SQLAlchemy's adapter for aiosqlite gets instead of aiosqlite's own.

Decision 0006: a round trip to a thread costs 0.1 ms and aiosqlite makes four a statement. Here a statement takes one
round trip, or none when quick: few rows by an index, in microseconds, so that the loop may wait. Longer reads and
writes go to the thread. BEGIN is put off to the first statement and takes the write lock.

SQLAlchemy's adapter (`sqlalchemy.dialects.sqlite.aiosqlite`) asks for members that are no public interface,
`_connection` among them; `tests/storage/database/test_driver.py` compares by name. Nothing of aiosqlite is used.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Rows = list[tuple[Any, ...]]

QUICK_COMMIT_S: Final = 0.004
"""While commits take less, they run in place; a disk that takes longer would hold the loop up."""

LOCKED_FOR_S: Final = 10.0
"""Seconds for which a transaction waits for another process's; then `sqlite3.OperationalError`."""

_RETRY_S: Final = 0.005
_CHUNK: Final = 1000


class Driver:
    """A connection to SQLite with a thread for long statements. Transactions take the write lock first.

    A transaction begun by reading could not wait for the lock. `is_quick`: a cursor's next statement runs in place.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], file: Path | None = None) -> None:
        """`file`: what `connect` opens; nothing is committed to a file that is no longer in its place."""
        self._connect = connect
        self._file = file
        self._opened: tuple[int, int] | None = None
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._connection: sqlite3.Connection | None = None
        self._begins = False
        self._commit_s = 1.0
        self._changes = 0
        self.is_quick = False

    async def open(self) -> "Driver":
        """The driver itself, connected. Raises sqlite3.Error."""
        try:
            self._connection = await self._there(self._connect)
            self._opened = self._found()
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    @property
    def sqlite(self) -> sqlite3.Connection:
        """The standard library's connection. Raises sqlite3.ProgrammingError when closed."""
        if self._connection is None:
            raise sqlite3.ProgrammingError("connection closed")
        return self._connection

    def begin(self) -> None:
        """Begin a transaction with the next statement."""
        self._begins = True

    def cursor(self) -> "Cursor":
        """A cursor, made without a round trip."""
        return Cursor(self)

    async def run(self, work: Callable[[], T], *, quick: bool) -> T:
        """The result of `work`, run in place when quick, else in the thread; after a pending BEGIN."""
        if self._begins:
            self._begins = False
            if not self._has_begun():
                await self._there(lambda: until_free(self._has_begun))
        return work() if quick else await self._there(work)

    def run_each(self, sql: str, many: Sequence[Sequence[Any]]) -> tuple[Rows, int]:
        """All rows of the statement run with each of the parameters, and the count of changed rows."""
        rows: Rows = []
        changed = 0
        for parameters in many:
            cursor = self.sqlite.execute(sql, parameters)
            if cursor.description:
                rows += cursor.fetchall()
            changed += max(0, cursor.rowcount)
        return rows, changed

    async def commit(self) -> None:
        """Commit, in place while the disk is quick and the transaction small."""
        self._begins = False
        if not self.sqlite.in_transaction:
            return
        if self._found() != self._opened:
            raise sqlite3.OperationalError("the database's file was taken away; bring it back and start anew")
        began = time.perf_counter()
        if self._is_large() or self._commit_s > QUICK_COMMIT_S:
            await self._there(self.sqlite.commit)
        else:
            self.sqlite.commit()
        self._commit_s += (time.perf_counter() - began - self._commit_s) / 8

    async def rollback(self) -> None:
        """Roll back. In the thread: whatever was given up may still be running there."""
        self._begins = False
        await self._there(self.sqlite.rollback)

    async def create_function(self, *args: Any, **more: Any) -> None:
        """Make a function known to SQL, see `sqlite3.Connection.create_function`."""
        self.sqlite.create_function(*args, **more)

    async def close(self) -> None:
        """Close after the statement under way. A second call does nothing."""
        if self._connection is not None:
            await self._there(self._connection.close)
            self.stop()

    def stop(self) -> None:
        """End the thread after the statement under way."""
        self._connection = None
        self._thread.shutdown(wait=False)

    async def _there(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _has_begun(self) -> bool:
        """Begin; False while another process writes."""
        return is_done(self.sqlite, ("BEGIN IMMEDIATE",))

    def _found(self) -> tuple[int, int] | None:
        """Which file stands at the path, None for none: SQLite would write on into a file that is deleted."""
        try:
            found = None if self._file is None else self._file.stat()
        except OSError:
            return None
        return None if found is None else (found.st_dev, found.st_ino)

    def _is_large(self) -> bool:
        """Whether the transaction changed many rows; starts the next transaction's count."""
        before, self._changes = self._changes, self.sqlite.total_changes
        return self._changes - before > _CHUNK


class Cursor:
    """A cursor for SQLAlchemy's adapter. The first rows come with the statement, the rest on demand."""

    arraysize = 1

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._cursor = driver.sqlite.cursor()
        self._rows: Rows = []
        self._has_more = False

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        """The columns, None when the statement has no rows."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """Count of changed rows, -1 when not known."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number of the row inserted last."""
        return self._cursor.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Run one statement."""

        def work() -> Rows:
            self._cursor.execute(sql, parameters)
            return self._cursor.fetchmany(_CHUNK) if self._cursor.description else []

        self._rows = await self._driver.run(work, quick=self._driver.is_quick)
        self._has_more = len(self._rows) == _CHUNK
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> "Cursor":
        """Run the statement with each of the parameters."""
        quick = self._driver.is_quick and len(parameters) <= _CHUNK
        await self._driver.run(lambda: self._cursor.executemany(sql, parameters), quick=quick)
        return self

    async def fetchall(self) -> Rows:
        """All remaining rows."""
        rows, self._rows = self._rows, []
        if self._has_more:
            self._has_more = False
            rows += await self._driver.run(self._cursor.fetchall, quick=False)
        return rows

    async def fetchmany(self, size: int | None = None) -> Rows:
        """The next rows, at most `size`."""
        wanted = size or self.arraysize
        if self._has_more and len(self._rows) < wanted:
            more = await self._driver.run(lambda: self._cursor.fetchmany(max(wanted, _CHUNK)), quick=False)
            self._has_more = bool(more)
            self._rows += more
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, None at the end."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        """Close the cursor."""
        self._cursor.close()


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
    """Call `attempt` until True, for at most LOCKED_FOR_S; then raise sqlite3.OperationalError.

    SQLite's own waiting is not enough: SQLite gives up at once where a deadlock might come.
    """
    until = time.monotonic() + LOCKED_FOR_S
    while not attempt():
        if time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked by another process")
        time.sleep(_RETRY_S)


def begin(connection: Connection) -> None:
    """For the engine's "begin" event."""
    _of(connection).begin()


def choose_place(conn: Connection, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool) -> None:
    """For the engine's "before_cursor_execute" event: a statement with the option `quick` runs in place."""
    _of(conn).is_quick = bool(context and context.execution_options.get("quick"))


def _of(connection: Connection) -> Driver:
    found = connection.connection.driver_connection
    assert isinstance(found, Driver)  # noqa: S101
    return found
