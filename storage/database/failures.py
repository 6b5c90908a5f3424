"""What a failure of the database means: whether its connection is of use no more, and what to tell an operator."""

import os
import sqlite3
from collections.abc import Iterator
from socket import gaierror
from typing import Any, Final

from sqlalchemy.engine import ExceptionContext

_USELESS: Final = frozenset(
    {
        "25006",  # read-only: another server is the primary now
        "25P03",  # idle in a transaction for too long: the server hung up
        "25P04",  # a transaction took too long: likewise
        "26000",  # a prepared statement is not there: the session is another one's
        "42P05",  # a prepared statement is there already: likewise
        "57P01",  # the server stops
        "57P02",  # the server crashed
        "57P03",  # the server does not take connections yet
        "57P05",  # idle for too long: the server hung up
    }
)
_CONNECTION: Final = "08"
"""The class of all failures of a connection."""

_MENDS: Final = {
    "25006": "the database is read-only: a standby, or its disk is full; name the primary, or all servers as"
    " HOST1,HOST2 with target_session_attrs=read-write",
    "53100": "the disk of the database is full",
    "53300": "the server has no connection left; raise max_connections, or stop what uses them up",
    "57P03": "the server does not take connections yet; start again in a moment",
    "08P01": "a pooler or server refuses a part of the address; leave out `options`, or have the pooler ignore it",
}


def drop_what_is_useless(context: ExceptionContext) -> None:
    """For the engine's "handle_error" event: a useless connection leaves the pool, and so do those made with it."""
    state = state_of(context.original_exception)
    if state in _USELESS or state.startswith(_CONNECTION):
        context.is_disconnect = True


def state_of(error: BaseException) -> str:
    """PostgreSQL's SQLSTATE of the error, "" without one."""
    return next((one.sqlstate for one in _chain(error) if isinstance(getattr(one, "sqlstate", None), str)), "")


def told(error: BaseException) -> str:
    """A line on the error in plain words, without statement and values, with the mend where one is known."""
    state = state_of(error)
    inner = getattr(error, "orig", None) or error
    if isinstance(inner, OSError) and inner.strerror:
        return _of_the_system(inner)
    said = _first_line(inner)
    return f"{_MENDS[state]} ({said})" if state in _MENDS else said


def shown(error: BaseException) -> str:
    """What strangers may read of the error: no address, no path and no name."""
    state, inner = state_of(error), getattr(error, "orig", None)
    if isinstance(inner, sqlite3.Error):
        return str(inner).rpartition(": ")[2]
    return _MENDS.get(state) or type(inner or error).__name__


def _of_the_system(error: OSError) -> str:
    said = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, ConnectionError) and error.errno:
        return f"{os.strerror(error.errno)}: {said}"
    if isinstance(error, gaierror):
        return f"{said}; look at the name of the host"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return f"{said}; name the certificate of the server's authority with sslrootcert=FILE"
    return str(said)


def _first_line(error: Any) -> str:
    """The first line of the message; SQLAlchemy puts the class of asyncpg's error before the message."""
    line = (str(error).splitlines() or [""])[0]
    said = line.partition(">: ")[2] if line.startswith("<class ") else line
    return said or type(error).__name__


def _chain(error: BaseException | None) -> Iterator[Any]:
    """The error, and those that it was made of."""
    for _ in range(5):
        if error is None:
            return
        yield error
        error = getattr(error, "orig", None) or error.__cause__
