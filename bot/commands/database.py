"""`alliance-bot db`: the schema, and a copy of the embedded database."""

import asyncio
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.catalogue import settings
from bot.commands.refusal import Refusal
from storage import engine
from storage.engine import NotEmbeddedError


def upgrade() -> str:
    """Bring the schema to this version's; what to print. Raises Refusal."""
    url = settings().database_url
    try:
        changed = asyncio.run(_upgrade(url))
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"DATABASE_URL: the database can't be upgraded: {plainly(error)}") from None
    return f"upgraded to {engine.HEAD}" if changed else f"already at {engine.HEAD}"


async def _upgrade(url: str) -> bool:
    opened = engine.create(url)
    try:
        return await engine.migrate(opened)
    finally:
        await opened.dispose()


def backup(file: Path) -> str:
    """Copy the embedded database, in use or not; what to print. Raises Refusal."""
    if file.exists():
        raise Refusal(f"{file}: exists already; name a new file")
    try:
        engine.backup(settings().database_url, file)
    except NotEmbeddedError as error:
        raise Refusal(f"DATABASE_URL: {error}") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    return f"copied to {file}"


def plainly(error: Exception) -> str:
    """The first line of a database error, without the statement and its values."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]
