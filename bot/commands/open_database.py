"""The database of a command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.commands import Refusal
from bot.settings import Settings
from storage.database import engine as database

Result = TypeVar("Result")


def with_database(
    chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]], *, upgrades: bool = True
) -> Result:
    """The result of `work`. Raises Refusal when the database can't be used.

    The schema is upgraded first, as at a start of the bot; with `upgrades` False another version is refused.
    """
    return result_of(_opened(chosen.database_url, work, upgrades), "DATABASE_URL: {}")


def in_transaction(
    chosen: Settings, work: Callable[[AsyncConnection], Awaitable[Result]], *, upgrades: bool = True
) -> Result:
    """The result of `work`, done in a transaction. Raises Refusal as `with_database`."""

    async def opened(engine: AsyncEngine) -> Result:
        async with engine.begin() as conn:
            return await work(conn)

    return with_database(chosen, opened, upgrades=upgrades)


def result_of(work: Coroutine[Any, Any, Result], refused: str) -> Result:
    """The result of `work`. Raises Refusal with `refused` when the database fails; `{}` there is the error."""
    try:
        return asyncio.run(work)
    except database.NewerError as error:
        raise Refusal(f"{refused.partition(':')[0]}: {error}") from None
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(refused.format(plainly(error))) from None


@asynccontextmanager
async def database_at(url: str) -> AsyncIterator[AsyncEngine]:
    """The database at `url`, closed after the block."""
    engine = database.create(url)
    try:
        yield engine
    finally:
        await engine.dispose()


def plainly(error: Exception) -> str:
    """The first line of a database error, without statement and values."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


async def _opened(url: str, work: Callable[[AsyncEngine], Awaitable[Result]], upgrades: bool) -> Result:
    async with database_at(url) as engine:
        await (database.migrate(engine) if upgrades else _refuse_another_version(engine))
        return await work(engine)


async def _refuse_another_version(engine: AsyncEngine) -> None:
    async with engine.connect() as conn:
        if await conn.run_sync(database.is_newest):
            return
        found = await conn.run_sync(database.version)
    at = found or "nothing"
    raise Refusal(f"DATABASE_URL: schema at {at}, wants {database.HEAD}; run: alliance-bot db upgrade")
