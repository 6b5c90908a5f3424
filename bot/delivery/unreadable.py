"""Rows of the outbox that can't be read or put into words: each is found alone, and set aside by name."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import sending
from storage.database.blame import is_of_a_row
from storage.outbox import error_name

Read = Callable[[AsyncConnection, int], Awaitable[Any]]
"""Leases and words the row of the number."""

log = structlog.get_logger(__name__)


async def set_aside_unreadable(engine: AsyncEngine, numbers: Sequence[int], read: Read, now_ms: int) -> int:
    """How many of the rows can't be read, and are set aside. Nothing is kept of the others' reading.

    Raises the database's errors.
    """
    count = 0
    for number in numbers:
        error = await _error_of(engine, number, read)
        if error is None:
            continue
        log.error("message can't be read", number=number, error=error_name(error))
        async with engine.begin() as conn:
            await sending.mark_dead(conn, number, f"can't be read: {error_name(error)}", now_ms)
        count += 1
    return count


async def _error_of(engine: AsyncEngine, number: int, read: Read) -> Exception | None:
    """The error of reading the row, None when the row can be read. Raises when the database is away."""
    async with engine.connect() as conn:
        try:
            await read(conn, number)
        except Exception as error:
            if not is_of_a_row(error):
                raise
            return error
        finally:
            await conn.rollback()
    return None
