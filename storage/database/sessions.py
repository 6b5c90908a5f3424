"""Sessions on a PostgreSQL server: one of our own, or any of a pooler's at each transaction."""

import socket
from typing import Any, Final

import asyncpg

FAILURES: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, KeyError)
"""What asyncpg raises beside OSError; KeyError when the address names no user and the process has no name either."""

_UNCOMPILED: Final = "jit = off"
"""PostgreSQL runs long queries as they are: to compile one takes seconds, to run it less than a tenth of one.

It is said after connecting: poolers refuse parameters of the start that they do not know.
"""


_GONE_S: Final = 30
"""Seconds without a sign of life from the host."""

_WATCHED: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _GONE_S // 3),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _GONE_S // 6),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_S * 1000),
)


async def own(dsn: str) -> Any:
    """A connection with a session of its own; None when a pooler is in between. Raises OSError, FAILURES.

    The server names its process at the start; on another process the division fails, and the setting with it.
    """
    connection = await asyncpg.connect(dsn)
    _notice_a_dead_host(connection)
    try:
        pid = connection.get_server_pid()
        await connection.execute(f"SET {_UNCOMPILED}; SELECT 1 / (pg_backend_pid() = {pid})::int")
    except asyncpg.DivisionByZeroError:
        await connection.close()
        return None
    except BaseException:
        connection.terminate()
        raise
    return connection


async def pooled(dsn: str) -> Any:
    """A connection through a pooler, with nothing prepared beyond a transaction. Raises OSError, FAILURES."""
    connection = await asyncpg.connect(dsn, statement_cache_size=0, connection_class=_Pooled)
    _notice_a_dead_host(connection)
    return connection


def _notice_a_dead_host(connection: Any) -> None:
    """Let a connection fail whose host is gone without a word, a failover's usual cause; else it hangs for 15 minutes.

    asyncpg has no option for it and shows its transport nowhere else.
    """
    there = connection._transport.get_extra_info("socket")
    if there.family != socket.AF_UNIX:
        for level, option, value in _WATCHED:
            there.setsockopt(level, option, value)


class _Pooled(asyncpg.Connection):  # type: ignore[misc]  # asyncpg tells no types
    """A connection whose settings end with the transaction: the session is somebody else's next."""

    async def execute(self, query: str, *args: Any, **more: Any) -> str:
        """The status of the query; a transaction begins with the settings."""
        begins = f"{query} SET LOCAL {_UNCOMPILED};" if query.startswith("BEGIN") and not args else query
        return str(await super().execute(begins, *args, **more))
