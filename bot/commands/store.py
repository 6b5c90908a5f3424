"""The database for the length of one command, brought to this version's schema as a start of the bot would."""

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


def with_database(chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]]) -> Result:
    """What `work` returns. Raises Refusal when the database can't be used."""
    try:
        return asyncio.run(_opened(chosen.database_url, work))
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"DATABASE_URL: {plainly(error)}") from None


async def _opened(url: str, work: Callable[[AsyncEngine], Awaitable[Result]]) -> Result:
    engine = database.create(url)
    try:
        await database.migrate(engine)
        return await work(engine)
    finally:
        await engine.dispose()
