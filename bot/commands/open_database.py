"""The database of a command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.commands import Refusal
from bot.settings import Settings, bot_id_in
from storage import belonging
from storage.database import engine as database
from storage.database.failures import told

Result = TypeVar("Result")


def with_database(
    chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]], *, upgrades: bool = True
) -> Result:
    """The result of `work`. Raises Refusal when the database can't be used, is not there, or is another bot's.

    The schema is upgraded first, as at a start of the bot; with `upgrades` False another version is refused.
    """
    refuse_nothing(chosen.database_url)
    return result_of(_opened(chosen, work, upgrades), "DATABASE_URL: {}")


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
    except database.UnfitError as error:
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
    """A line on a database error, without statement and values."""
    return told(error)


def refuse_nothing(url: str) -> None:
    """Raises Refusal when there is no file of an embedded database: only `run` and `db upgrade` make a new one."""
    if not database.is_embedded(url) or database.file_of(url).exists():
        return
    file = database.file_of(url)
    elsewhere = "" if file.is_absolute() else "go to the bot's folder, where its .env and its database are; or "
    mend = f"{elsewhere}start the bot once, or: alliance-bot db upgrade"
    raise Refusal(f"DATABASE_URL: {file.absolute()}: no database there; {mend}")


async def _opened(chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]], upgrades: bool) -> Result:
    async with database_at(chosen.database_url) as engine:
        await (database.migrate(engine) if upgrades else _refuse_another_version(engine))
        if not chosen.is_sandbox:  # what needs no token is done without
            await _refuse_another_bot(engine, chosen)
        return await work(engine)


async def _refuse_another_bot(engine: AsyncEngine, chosen: Settings) -> None:
    async with engine.connect() as conn:
        belonging.refuse_another(await belonging.owner(conn), bot_id_in(chosen.token))


async def _refuse_another_version(engine: AsyncEngine) -> None:
    async with engine.connect() as conn:
        if await conn.run_sync(database.is_newest):
            return
        found = await conn.run_sync(database.version)
    at = found or "nothing"
    raise Refusal(f"DATABASE_URL: schema at {at}, wants {database.HEAD}; run: alliance-bot db upgrade")
