"""`alliance-bot db`: the schema, a copy of the embedded database, and what to do with a restored one."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.catalogue import settings
from bot.commands.refusal import Refusal
from storage import copies, engine
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
        engine.backup(settings().database_url, file, int(datetime.now(UTC).timestamp() * 1000))
    except (NotEmbeddedError, sqlite3.Error) as error:
        raise Refusal(f"DATABASE_URL: {error}") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    return f"copied to {file}"


def restored() -> str:
    """Say that the database was restored by tools of its own; what to print. Raises Refusal."""
    try:
        asyncio.run(_restored(settings().database_url))
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"DATABASE_URL: {plainly(error)}; if it is new: alliance-bot db upgrade") from None
    return "marked as a copy: what was due goes out as a repeat; start one process, then the others"


async def _restored(url: str) -> None:
    opened = engine.create(url)
    try:
        await engine.migrate(opened)
        async with opened.begin() as conn:
            await copies.mark(conn, None)
    finally:
        await opened.dispose()


def plainly(error: Exception) -> str:
    """The first line of a database error, without the statement and its values."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]
