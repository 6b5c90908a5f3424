"""The SQLite driver with fewer round trips to its thread: each costs 0.1 ms, and aiosqlite makes four a statement.

Here a statement is one round trip, or none: a statement with the execution option `quick` runs where it is called.
That is for statements that touch few rows by an index; they are done in microseconds, while whatever reads or writes
much, and every commit (it waits for the disk), goes to the thread. BEGIN is put off to the first statement.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite
from sqlalchemy import Connection

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
LOCKED_FOR_S: Final = 10.0
"""How long a transaction waits for another process's; then `sqlite3.OperationalError`."""

QUICK_COMMIT_S: Final = 0.004
_RETRY_S: Final = 0.005
_CHUNK: Final = 1000
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


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another process is in the way: writing, or (an extended code) recovering the log after a crash."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _is_done(connection: sqlite3.Connection, statements: Iterable[str]) -> bool:
    """Run them; False when another process is in the way."""
    try:
        for statement in statements:
            connection.execute(statement)
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return False
    return True


def _until_free(is_done: Callable[[], bool]) -> None:
    """Try again until it is done. SQLite's own waiting is not enough: it gives up at once where it fears a deadlock."""
    until = time.monotonic() + LOCKED_FOR_S
    while not is_done():
        if time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked by another process")
        time.sleep(_RETRY_S)


class Driver(aiosqlite.Connection):
    """A connection whose transactions take the write lock first: one that began by reading can't wait for it."""

    is_begun_late = False
    _commit_s = 1.0
    _changes = 0

    def begin(self) -> None:
        """Begin with the next statement."""
        self.is_begun_late = True

    def cursor(self) -> "Cursor":  # type: ignore[override]
        """A cursor, made without a round trip."""
        return Cursor(self)

    async def run(self, work: Callable[[], T], *, quick: bool) -> T:
        """What `work` returns, run here when it is quick, else in the thread; in a transaction if one is to begin."""
        if self.is_begun_late:
            self.is_begun_late = False
            if not self._has_begun():
                await self._there(self._begin_when_free)
        return work() if quick else await self._there(work)

    def run_each(self, sql: str, many: Sequence[Sequence[Any]]) -> tuple[Rows, int]:
        """Run it with each of these parameters: the rows of all, and how many were changed."""
        rows: Rows = []
        changed = 0
        for parameters in many:
            cursor = self._conn.execute(sql, parameters)
            if cursor.description:
                rows += cursor.fetchall()
            changed += max(0, cursor.rowcount)
        return rows, changed

    async def _there(self, work: Callable[[], T]) -> T:
        result: T = await self._execute(work)  # type: ignore[no-untyped-call]
        return result

    def _has_begun(self) -> bool:
        """Begin; False when another process writes just now."""
        return _is_done(self._conn, ("BEGIN IMMEDIATE",))

    def _begin_when_free(self) -> None:
        _until_free(self._has_begun)

    async def commit(self) -> None:
        """Commit: here while the disk is so quick that the thread's round trip would take longer, else there.

        Where nothing was changed there is nothing to write.
        """
        self.is_begun_late = False
        if not self._conn.in_transaction:
            return
        if self._conn.total_changes == self._changes:
            self._conn.commit()
            return
        began = time.perf_counter()
        if self._is_large() or self._commit_s > QUICK_COMMIT_S:
            await super().commit()
        else:
            self._conn.commit()
        self._commit_s += (time.perf_counter() - began - self._commit_s) / 8

    def _is_large(self) -> bool:
        """Whether the transaction changed many rows; the next one is counted from here."""
        before, self._changes = self._changes, self._conn.total_changes
        return self._changes - before > _CHUNK

    async def rollback(self) -> None:
        """Roll back."""
        if self._conn.in_transaction:
            await super().rollback()
        self.is_begun_late = False


class Cursor:
    """What SQLAlchemy's adapter uses of a cursor. The first rows come with the statement, the rest when asked for."""

    arraysize = 1

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._cursor = driver._conn.cursor()
        self._rows: Rows = []
        self._has_more = False
        self.is_quick = False

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Run one statement."""

        def work() -> Rows:
            self._cursor.execute(sql, parameters)
            return self._cursor.fetchmany(_CHUNK) if self._cursor.description else []

        self._rows = await self._driver.run(work, quick=self.is_quick)
        self._has_more = len(self._rows) == _CHUNK
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> "Cursor":
        """Run one statement for each of these."""
        quick = self.is_quick and len(parameters) <= _CHUNK
        await self._driver.run(lambda: self._cursor.executemany(sql, parameters), quick=quick)
        return self

    async def fetchall(self) -> Rows:
        """All rows that are left."""
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
        """Nothing more is wanted."""
        self._cursor.close()


async def connect(file: Path) -> Driver:
    """A durable connection to this file: committed means on disk."""

    def connector() -> sqlite3.Connection:
        opened = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=0)
        try:
            _until_free(lambda: _is_done(opened, _DURABLE))
        except sqlite3.Error:
            opened.close()
            raise
        return opened

    driver = Driver(connector, _CHUNK)
    driver._thread.daemon = True
    try:
        await driver
    except BaseException:
        driver._thread.join()  # or it would tell a loop that has ended by then
        raise
    return driver


def begin(connection: Connection) -> None:
    """For the engine's "begin" event."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)  # noqa: S101
    driver.begin()


def choose_place(_conn: Any, cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool) -> None:
    """For the engine's "before_cursor_execute" event: a statement that says it is quick runs where it is called."""
    cursor._cursor.is_quick = bool(context and context.execution_options.get("quick"))
