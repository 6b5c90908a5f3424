"""Connections to PostgreSQL over asyncpg, to the first of its hosts that will do, with or without a pooler between.

A pooler in transaction mode gives each transaction any session of the server, so a statement prepared in one
transaction may be missing, or there twice, in the next. Such a pooler shows by the first connection: the process that
answers is not the one that the server named at the start. From then on nothing is prepared for longer than its use.
"""

import asyncio
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.database import address, failures
from storage.database.address import PostgreSQL

_POOLED: Final = {
    "is_pooled": True,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": str,  # no name: the next statement takes its place
}


class _PooledError(Exception):
    """A pooler stands before the server."""


def create(url: str, **more: Any) -> AsyncEngine:
    """An engine for the address of a PostgreSQL database. Raises ValueError for an address that is none."""
    way = address.read(url)
    told: dict[str, Any] = {"async_creator_fn": _Connecting(way)} | (_POOLED if way.is_pooled else {})
    engine = create_async_engine(address.POSTGRESQL, **more, pool_pre_ping=True, connect_args=told)
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "handle_error", failures.drop_what_is_useless)
    return engine


def _connect(dialect: Any, _record: Any, args: Any, told: dict[str, Any]) -> Any:
    """For the engine's "do_connect" event: once a pooler is found, all further connections are made for one."""
    try:
        return dialect.connect(*args, **told)
    except _PooledError:
        told |= _POOLED
        return dialect.connect(*args, **told)


class _Connecting:
    """Makes connections of asyncpg, each to the first host that takes one."""

    def __init__(self, way: PostgreSQL) -> None:
        self._way = way

    async def __call__(self, *, is_pooled: bool = False) -> Any:
        """A connection. Raises OSError, OperationalError, _PooledError."""
        failed: list[tuple[str, Exception]] = []
        for dsn, name in self._way.hosts:
            try:
                return await _connected(dsn, self._way.connect_s, is_pooled)
            except (OSError, OperationalError) as error:
                failed.append((name, error))
        raise _one(failed)


def _one(failed: list[tuple[str, Exception]]) -> Exception:
    """The failure of the only host, else all of them in a line."""
    if len(failed) == 1:
        return failed[0][1]
    return ConnectionError("; ".join(f"{name}: {failures.told(error)}" for name, error in failed))


async def _connected(dsn: str, connect_s: float | None, is_pooled: bool) -> Any:
    from storage.database.sessions import FAILURES, own, pooled  # noqa: PLC0415  (only here is asyncpg loaded)

    try:
        async with asyncio.timeout(connect_s):
            if is_pooled:
                return await pooled(dsn)
            found = await own(dsn)
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {connect_s:.0f} s" if connect_s else str(error)) from None
    except FAILURES as error:
        raise OperationalError(None, None, error) from error
    if found is None:
        raise _PooledError
    return found
