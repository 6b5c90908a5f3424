"""The database for the length of one command."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.commands.database import plainly
from bot.commands.refusal import Refusal
from bot.settings import Settings
from storage.database import engine as database

Result = TypeVar("Result")


def with_database(
    chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]], *, upgrades: bool = True
) -> Result:
    """What `work` returns. Raises Refusal when the database can't be used.

    The database is brought to this version's schema as a start of the bot would; with `upgrades` False one of another
    version is refused.
    """
    try:
        return asyncio.run(_opened(chosen.database_url, work, upgrades))
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"DATABASE_URL: {plainly(error)}") from None


async def _opened(url: str, work: Callable[[AsyncEngine], Awaitable[Result]], upgrades: bool) -> Result:
    engine = database.create(url)
    try:
        await (database.migrate(engine) if upgrades else _refuse_another_version(engine))
        return await work(engine)
    finally:
        await engine.dispose()


async def _refuse_another_version(engine: AsyncEngine) -> None:
    async with engine.connect() as conn:
        found = await conn.run_sync(database.version)
    if found != database.HEAD:
        at = found or "nothing"
        raise Refusal(f"DATABASE_URL: schema at {at}, wants {database.HEAD}; run: alliance-bot db upgrade")
