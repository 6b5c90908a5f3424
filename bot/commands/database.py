"""`alliance-bot db`: the schema, copies of a database, and the mark on a restored database."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import settings
from bot.commands.open_database import database_at, result_of
from storage.database import copies, engine, moving
from storage.database.engine import NotEmbeddedError
from storage.database.moving import NotEmptyError, NotUpgradedError
from storage.instants import epoch_ms

KNOWN = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")


def upgrade() -> str:
    """A line to print, after the schema is the newest. Raises Refusal."""
    url = settings().database_url
    changed = result_of(_upgrade(url), "DATABASE_URL: the database can't be upgraded: {}")
    return f"upgraded to {engine.HEAD}" if changed else f"already at {engine.HEAD}"


async def _upgrade(url: str) -> bool:
    async with database_at(url) as opened:
        return await engine.migrate(opened)


def backup(file: Path) -> str:
    """A line to print, after the embedded database, in use or not, is copied to `file`. Raises Refusal."""
    if file.exists():
        raise Refusal(f"{file}: exists already; name a new file")
    try:
        engine.backup(settings().database_url, file, epoch_ms(datetime.now(UTC)))
    except (NotEmbeddedError, sqlite3.Error) as error:
        raise Refusal(f"DATABASE_URL: {error}") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    return f"copied to {file}"


def copy(source: str, target: str) -> str:
    """A line to print, after every row of `source` is in the empty database `target`. Raises Refusal."""
    for name, url in (("FROM", source), ("TO", target)):
        if not url.startswith(KNOWN):
            raise Refusal(f"{name}: want {KNOWN[0]}FILE or {KNOWN[1]}USER:PASSWORD@HOST/NAME")
    if engine.is_embedded(source) and not engine.file_of(source).is_file():
        raise Refusal(f"FROM: {engine.file_of(source)}: no database there")
    try:
        counts = result_of(_copy(source, target), "FROM or TO: {}")
    except NotUpgradedError:
        raise Refusal(
            "FROM: another version's schema; first, with DATABASE_URL set to it: alliance-bot db upgrade"
        ) from None
    except NotEmptyError as error:
        raise Refusal(f"TO: not empty: {error} has rows; name an empty database") from None
    return f"copied {sum(counts.values())} rows; set DATABASE_URL to TO, and start nothing on FROM again"


async def _copy(source: str, target: str) -> dict[str, int]:
    async with database_at(source) as old, database_at(target) as new:
        return await moving.move(old, new)


def restored() -> str:
    """A line to print, after the database is marked as restored by other tools. Raises Refusal."""
    result_of(_restored(settings().database_url), "DATABASE_URL: {}; if it is new: alliance-bot db upgrade")
    return "marked as a copy: what was due goes out as a repeat; start one process, then the others"


async def _restored(url: str) -> None:
    async with database_at(url) as opened:
        await engine.migrate(opened)
        async with opened.begin() as conn:
            await copies.mark(conn, None)
