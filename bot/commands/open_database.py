"""The database of a command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.commands import Refusal
from bot.settings import SANDBOX_DATABASE, Settings, bot_id_in
from storage import belonging
from storage.database import engine as database
from storage.database.failures import told

Result = TypeVar("Result")


def with_database(
    chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]], *, upgrades: bool = True
) -> Result:
    """The result of `work`. Raises Refusal when the database can't be used, is not there, or is another bot's.

    The schema is upgraded first, as at a start of the bot; with `upgrades` False another version is refused. A file
    named with its full path is made and said to be new; a relative path may be meant in another folder.
    """
    if not upgrades or not _is_named_in_full(chosen.database_url):
        refuse_nothing(chosen)
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


def _is_named_in_full(url: str) -> bool:
    return database.is_embedded(url) and database.file_of(url).is_absolute()


def is_missing(url: str) -> bool:
    """Whether there is no file of an embedded database."""
    return database.is_embedded(url) and not database.file_of(url).exists()


def refuse_nothing(chosen: Settings) -> None:
    """Raises Refusal when there is no file of an embedded database."""
    if not is_missing(chosen.database_url):
        return
    file = database.file_of(chosen.database_url)
    elsewhere = "" if file.is_absolute() else "go to the bot's folder, where its .env and its database are; or "
    mend = f"{elsewhere}start the bot once, or: alliance-bot db upgrade"
    raise Refusal(f"DATABASE_URL: {file.absolute()}: no database there; {mend}{_why_the_sandboxs(chosen)}")


def _why_the_sandboxs(chosen: Settings) -> str:
    if not chosen.is_sandbox or chosen.database_url != SANDBOX_DATABASE:
        return ""
    return "; TELEGRAM_BOT_TOKEN is empty, so this is the sandbox's database: set it, or DATABASE_URL"


async def _opened(chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]], upgrades: bool) -> Result:
    is_new = is_missing(chosen.database_url)
    async with database_at(chosen.database_url) as engine:
        await (database.migrate(engine) if upgrades else _refuse_another_version(engine))
        if is_new:
            typer.echo(f"alliance-bot: a new database: {database.file_of(chosen.database_url)}", err=True)
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
